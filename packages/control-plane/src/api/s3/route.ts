/** What of a request says which operation it is. */
export interface Asked {
  readonly method: string;
  readonly hasBucket: boolean;
  readonly hasKey: boolean;
  readonly query: URLSearchParams;
  readonly isCopy: boolean;
}

/** By sub-resource: what a bucket's or an object's operation is called behind `Get`, `Put` and `Delete`. */
const ofBucket: Readonly<Record<string, string>> = {
  abac: "BucketAbac",
  accelerate: "BucketAccelerateConfiguration",
  acl: "BucketAcl",
  analytics: "BucketAnalyticsConfiguration",
  cors: "BucketCors",
  encryption: "BucketEncryption",
  "intelligent-tiering": "BucketIntelligentTieringConfiguration",
  inventory: "BucketInventoryConfiguration",
  lifecycle: "BucketLifecycleConfiguration",
  location: "BucketLocation",
  logging: "BucketLogging",
  metrics: "BucketMetricsConfiguration",
  notification: "BucketNotificationConfiguration",
  "object-lock": "ObjectLockConfiguration",
  ownershipControls: "BucketOwnershipControls",
  policy: "BucketPolicy",
  policyStatus: "BucketPolicyStatus",
  publicAccessBlock: "PublicAccessBlock",
  replication: "BucketReplication",
  requestPayment: "BucketRequestPayment",
  tagging: "BucketTagging",
  versioning: "BucketVersioning",
  website: "BucketWebsite",
};
const ofObject: Readonly<Record<string, string>> = {
  acl: "ObjectAcl",
  annotation: "ObjectAnnotation",
  attributes: "ObjectAttributes",
  "legal-hold": "ObjectLegalHold",
  retention: "ObjectRetention",
  tagging: "ObjectTagging",
  torrent: "ObjectTorrent",
};
/** All members of a query by which a request becomes another operation. */
export const subResources: ReadonlySet<string> = new Set([
  ...Object.keys(ofBucket),
  ...Object.keys(ofObject),
  ..."delete encryption partNumber renameObject restore select session uploadId uploads versions".split(" "),
]);
const verbs: Readonly<Record<string, string>> = { GET: "Get", PUT: "Put", DELETE: "Delete" };
const listedWithoutId = new Set(["analytics", "intelligent-tiering", "inventory", "metrics"]);

/** The operation that a request asks for; undefined for none of S3's. Source: S3 API reference, each operation's request syntax. */
export function operationOf(asked: Asked): string | undefined {
  if (!asked.hasBucket) return asked.method === "GET" ? "ListBuckets" : undefined;
  return asked.hasKey ? objectOperation(asked) : bucketOperation(asked);
}

function bucketOperation({ method, query }: Asked): string | undefined {
  for (const [name, subject] of Object.entries(ofBucket)) {
    const verb = verbs[method];
    if (!query.has(name) || verb === undefined) continue;
    if (method === "GET" && listedWithoutId.has(name) && !query.has("id")) return `List${subject}s`;
    return `${verb}${method === "DELETE" && name === "lifecycle" ? "BucketLifecycle" : subject}`;
  }
  switch (method) {
    case "GET":
      if (query.has("uploads")) return "ListMultipartUploads";
      if (query.has("versions")) return "ListObjectVersions";
      if (query.has("session")) return "CreateSession";
      return query.get("list-type") === "2" ? "ListObjectsV2" : "ListObjects";
    case "HEAD":
      return "HeadBucket";
    case "PUT":
      return "CreateBucket";
    case "DELETE":
      return "DeleteBucket";
    case "POST":
      return query.has("delete") ? "DeleteObjects" : undefined;
    default:
      return undefined;
  }
}

function objectOperation({ method, query, isCopy }: Asked): string | undefined {
  const inUpload = query.has("uploadId");
  for (const [name, subject] of Object.entries(ofObject)) {
    const verb = verbs[method];
    if (query.has(name) && verb !== undefined) return `${verb}${subject}`;
  }
  switch (method) {
    case "GET":
      return inUpload ? "ListParts" : "GetObject";
    case "HEAD":
      return "HeadObject";
    case "PUT":
      if (inUpload || query.has("partNumber")) return isCopy ? "UploadPartCopy" : "UploadPart";
      if (query.has("renameObject")) return "RenameObject";
      if (query.has("encryption")) return "UpdateObjectEncryption";
      return isCopy ? "CopyObject" : "PutObject";
    case "DELETE":
      return inUpload ? "AbortMultipartUpload" : "DeleteObject";
    case "POST":
      if (query.has("uploads")) return "CreateMultipartUpload";
      if (query.has("restore")) return "RestoreObject";
      if (query.has("select")) return "SelectObjectContent";
      return inUpload ? "CompleteMultipartUpload" : undefined;
    default:
      return undefined;
  }
}
