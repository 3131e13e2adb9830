import type { Bucket, PublicAccessBlock } from "../../../object-store/object-store.ts";
import { xmlAnswer } from "../describe.ts";
import { requireBucket, requireOwnership } from "../require.ts";
import { malformedXml, noSuchBucket, notImplemented, S3Error } from "../s3-error.ts";
import type { S3Answer, S3Context, S3Operation, S3Request } from "../s3-request.ts";
import { payload } from "./buckets.ts";

/** Settings that a bucket keeps and gives back; what they mean here is in docs/compatibility.md. */
type Kept = "publicAccessBlock" | "objectOwnership" | "encryption";

async function keep<K extends Kept>(
  { bucket: name }: S3Request,
  { objects }: S3Context,
  setting: K,
  value: Bucket[K],
): Promise<void> {
  const done = await objects.changeBucket(name, ({ [setting]: _before, ...others }) => ({
    ...(others as Bucket),
    ...(value === undefined ? {} : { [setting]: value }),
  }));
  if (!done) throw noSuchBucket(name);
}

const forget =
  (setting: Kept): S3Operation =>
  async (request, context): Promise<S3Answer> => {
    await keep(request, context, setting, undefined);
    return { status: 204 };
  };

const notSet = ({ bucket }: S3Request, code: string, message: string) =>
  new S3Error(code, message, 404, { BucketName: bucket });

interface BlockPayload {
  readonly BlockPublicAcls?: boolean;
  readonly IgnorePublicAcls?: boolean;
  readonly BlockPublicPolicy?: boolean;
  readonly RestrictPublicBuckets?: boolean;
}

/** Source: S3 API reference, PutPublicAccessBlock. */
export const putPublicAccessBlock: S3Operation = async (request, context) => {
  requireBucket(request, context);
  const asked = await payload<BlockPayload>("PutPublicAccessBlock", request, context);
  const value: PublicAccessBlock = {
    blockPublicAcls: asked.BlockPublicAcls === true,
    ignorePublicAcls: asked.IgnorePublicAcls === true,
    blockPublicPolicy: asked.BlockPublicPolicy === true,
    restrictPublicBuckets: asked.RestrictPublicBuckets === true,
  };
  await keep(request, context, "publicAccessBlock", value);
  return {};
};

export const getPublicAccessBlock: S3Operation = async (request, context) => {
  const { publicAccessBlock: kept } = requireBucket(request, context);
  if (kept === undefined) {
    const message = "The public access block configuration was not found";
    throw notSet(request, "NoSuchPublicAccessBlockConfiguration", message);
  }
  const PublicAccessBlockConfiguration = {
    BlockPublicAcls: kept.blockPublicAcls,
    IgnorePublicAcls: kept.ignorePublicAcls,
    BlockPublicPolicy: kept.blockPublicPolicy,
    RestrictPublicBuckets: kept.restrictPublicBuckets,
  };
  return xmlAnswer("GetPublicAccessBlock", { PublicAccessBlockConfiguration }, context);
};

export const deletePublicAccessBlock = forget("publicAccessBlock");

/** Source: S3 API reference, PutBucketOwnershipControls. */
export const putBucketOwnershipControls: S3Operation = async (request, context) => {
  requireBucket(request, context);
  const { Rules = [] } = await payload<{ Rules?: readonly { ObjectOwnership?: string }[] }>(
    "PutBucketOwnershipControls",
    request,
    context,
  );
  if (Rules.length !== 1) throw malformedXml();
  await keep(request, context, "objectOwnership", requireOwnership(Rules[0]?.ObjectOwnership));
  return {};
};

export const getBucketOwnershipControls: S3Operation = async (request, context) => {
  const { objectOwnership } = requireBucket(request, context);
  if (objectOwnership === undefined) {
    throw notSet(request, "OwnershipControlsNotFoundError", "The bucket ownership controls were not found");
  }
  const OwnershipControls = { Rules: [{ ObjectOwnership: objectOwnership }] };
  return xmlAnswer("GetBucketOwnershipControls", { OwnershipControls }, context);
};

export const deleteBucketOwnershipControls = forget("objectOwnership");

interface EncryptionPayload {
  readonly Rules?: readonly {
    readonly ApplyServerSideEncryptionByDefault?: {
      readonly SSEAlgorithm?: string;
      readonly KMSMasterKeyID?: string;
    };
    readonly BucketKeyEnabled?: boolean;
    readonly BlockedEncryptionTypes?: unknown;
  }[];
}

/** Keys of KMS are not there. Source: S3 API reference, PutBucketEncryption. */
export const putBucketEncryption: S3Operation = async (request, context) => {
  requireBucket(request, context);
  const { Rules = [] } = await payload<EncryptionPayload>("PutBucketEncryption", request, context);
  const [rule] = Rules;
  if (rule === undefined || Rules.length > 1) throw malformedXml();
  const { SSEAlgorithm = "AES256", KMSMasterKeyID } = rule.ApplyServerSideEncryptionByDefault ?? {};
  if (SSEAlgorithm !== "AES256" || rule.BlockedEncryptionTypes !== undefined) {
    throw notImplemented("Hatoba takes AES256 alone as a bucket's encryption, and none with keys of KMS.");
  }
  if (KMSMasterKeyID !== undefined) {
    const message = "a KMSMasterKeyID is not applicable if the default sse algorithm is not aws:kms or aws:kms:dsse";
    throw new S3Error("InvalidArgument", message, 400, { ArgumentName: "KMSMasterKeyID" });
  }
  await keep(request, context, "encryption", { bucketKeyEnabled: rule.BucketKeyEnabled === true });
  return {};
};

export const getBucketEncryption: S3Operation = async (request, context) => {
  const { encryption } = requireBucket(request, context);
  if (encryption === undefined) {
    const message = "The server side encryption configuration was not found";
    throw notSet(request, "ServerSideEncryptionConfigurationNotFoundError", message);
  }
  const Rule = {
    ApplyServerSideEncryptionByDefault: { SSEAlgorithm: "AES256" },
    BucketKeyEnabled: encryption.bucketKeyEnabled,
  };
  return xmlAnswer("GetBucketEncryption", { ServerSideEncryptionConfiguration: { Rules: [Rule] } }, context);
};

export const deleteBucketEncryption = forget("encryption");
