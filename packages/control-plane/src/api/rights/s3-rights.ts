import { type Input, type Right, type RightsOf, textIn } from "./right.ts";

const bucketArn = (input: Input) => `arn:aws:s3:::${textIn(input, "Bucket") ?? ""}`;
const objectArn = (input: Input) => `${bucketArn(input)}/${textIn(input, "Key") ?? ""}`;

const onBucket =
  (action: string): RightsOf =>
  (input) => [{ action: `s3:${action}`, resource: bucketArn(input) }];
const onObject =
  (action: string): RightsOf =>
  (input) => [{ action: `s3:${action}`, resource: objectArn(input) }];

const listing: RightsOf = (input) => [
  {
    action: "s3:ListBucket",
    resource: bucketArn(input),
    keys: { "s3:prefix": textIn(input, "Prefix") ?? "", "s3:delimiter": textIn(input, "Delimiter") },
  },
];

/** What is copied has to be readable too. */
const copying: RightsOf = (input) => {
  const source: Input = { Bucket: input["SourceBucket"], Key: input["SourceKey"] };
  return [
    { action: "s3:PutObject", resource: objectArn(input) },
    { action: "s3:GetObject", resource: objectArn(source) },
  ];
};

/** Tags that come with an object are set with it. */
const putting: RightsOf = (input) => {
  const put: Right = { action: "s3:PutObject", resource: objectArn(input) };
  return input["Tagging"] === undefined ? [put] : [put, { ...put, action: "s3:PutObjectTagging" }];
};

/** Named as the operation, and on the bucket. */
const plain = [
  "CreateBucket",
  "DeleteBucket",
  "GetBucketAcl",
  "GetBucketCors",
  "GetBucketLocation",
  "GetBucketLogging",
  "GetBucketOwnershipControls",
  "GetBucketPolicy",
  "GetBucketPolicyStatus",
  "GetBucketRequestPayment",
  "GetBucketTagging",
  "GetBucketVersioning",
  "GetBucketWebsite",
  "PutBucketOwnershipControls",
  "PutBucketTagging",
  "PutBucketVersioning",
];

/**
 * What calls of S3 need; which action a call is, is often another word than the operation's. Source: Service Authorization Reference, "Amazon S3"; S3 user guide,
 * "Required permissions for Amazon S3 API operations".
 */
export const s3Rights: Readonly<Partial<Record<string, RightsOf>>> = {
  ...Object.fromEntries(plain.map((operation) => [operation, onBucket(operation)])),
  AbortMultipartUpload: onObject("AbortMultipartUpload"),
  CompleteMultipartUpload: onObject("PutObject"),
  CopyObject: copying,
  CreateMultipartUpload: putting,
  DeleteBucketEncryption: onBucket("PutEncryptionConfiguration"),
  DeleteBucketOwnershipControls: onBucket("PutBucketOwnershipControls"),
  DeleteBucketTagging: onBucket("PutBucketTagging"),
  DeleteObject: onObject("DeleteObject"),
  DeleteObjectTagging: onObject("DeleteObjectTagging"),
  DeletePublicAccessBlock: onBucket("PutBucketPublicAccessBlock"),
  GetBucketAccelerateConfiguration: onBucket("GetAccelerateConfiguration"),
  GetBucketEncryption: onBucket("GetEncryptionConfiguration"),
  GetBucketLifecycleConfiguration: onBucket("GetLifecycleConfiguration"),
  GetBucketNotificationConfiguration: onBucket("GetBucketNotification"),
  GetBucketReplication: onBucket("GetReplicationConfiguration"),
  GetObject: onObject("GetObject"),
  GetObjectAcl: onObject("GetObjectAcl"),
  GetObjectAttributes: onObject("GetObject"),
  GetObjectLockConfiguration: onBucket("GetBucketObjectLockConfiguration"),
  GetObjectTagging: onObject("GetObjectTagging"),
  GetPublicAccessBlock: onBucket("GetBucketPublicAccessBlock"),
  HeadBucket: onBucket("ListBucket"),
  HeadObject: onObject("GetObject"),
  ListBuckets: () => [{ action: "s3:ListAllMyBuckets", resource: "*" }],
  ListMultipartUploads: onBucket("ListBucketMultipartUploads"),
  ListObjectVersions: onBucket("ListBucketVersions"),
  ListObjects: listing,
  ListObjectsV2: listing,
  ListParts: onObject("ListMultipartUploadParts"),
  PutBucketEncryption: onBucket("PutEncryptionConfiguration"),
  PutObject: putting,
  PutObjectTagging: onObject("PutObjectTagging"),
  PutPublicAccessBlock: onBucket("PutBucketPublicAccessBlock"),
  UploadPart: onObject("PutObject"),
  UploadPartCopy: copying,
};

/** The action of a call: the first that it needs. */
export const s3Action = (operation: string): string =>
  s3Rights[operation]?.({}, undefined as never)[0]?.action ?? `s3:${operation}`;
