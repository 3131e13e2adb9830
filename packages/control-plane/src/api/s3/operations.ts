import { bucketSettings, putBucketVersioning } from "./operations/bucket-settings.ts";
import {
  createBucket,
  deleteBucket,
  deleteBucketTagging,
  getBucketLocation,
  getBucketTagging,
  headBucket,
  listBuckets,
  putBucketTagging,
} from "./operations/buckets.ts";
import { completeMultipartUpload } from "./operations/complete-multipart-upload.ts";
import { copyObject } from "./operations/copy-object.ts";
import { deleteObject, deleteObjects } from "./operations/delete-objects.ts";
import { getObject, getObjectAcl, getObjectAttributes, headObject } from "./operations/get-object.ts";
import {
  deleteBucketEncryption,
  deleteBucketOwnershipControls,
  deletePublicAccessBlock,
  getBucketEncryption,
  getBucketOwnershipControls,
  getPublicAccessBlock,
  putBucketEncryption,
  putBucketOwnershipControls,
  putPublicAccessBlock,
} from "./operations/kept-settings.ts";
import { listObjects, listObjectsV2, listObjectVersions } from "./operations/list-objects.ts";
import {
  abortMultipartUpload,
  createMultipartUpload,
  listMultipartUploads,
  listParts,
  uploadPart,
  uploadPartCopy,
} from "./operations/multipart.ts";
import { deleteObjectTagging, getObjectTagging, putObjectTagging } from "./operations/object-tagging.ts";
import { putObject } from "./operations/put-object.ts";
import type { S3Operation } from "./s3-request.ts";

/** What S3 does of what its SDK has; `notBuilt` says why not. What is not in it is not there either. */
export const operations: Readonly<Record<string, S3Operation | { readonly notBuilt: string }>> = {
  ...bucketSettings,
  AbortMultipartUpload: abortMultipartUpload,
  CompleteMultipartUpload: completeMultipartUpload,
  CopyObject: copyObject,
  CreateBucket: createBucket,
  CreateMultipartUpload: createMultipartUpload,
  DeleteBucket: deleteBucket,
  DeleteBucketEncryption: deleteBucketEncryption,
  DeleteBucketOwnershipControls: deleteBucketOwnershipControls,
  DeleteBucketPolicy: { notBuilt: "A bucket has no policy here, so there is none to delete." },
  DeleteBucketTagging: deleteBucketTagging,
  DeleteObject: deleteObject,
  DeleteObjectTagging: deleteObjectTagging,
  DeleteObjects: deleteObjects,
  DeletePublicAccessBlock: deletePublicAccessBlock,
  GetBucketEncryption: getBucketEncryption,
  GetBucketLocation: getBucketLocation,
  GetBucketOwnershipControls: getBucketOwnershipControls,
  GetBucketTagging: getBucketTagging,
  GetObject: getObject,
  GetObjectAcl: getObjectAcl,
  GetObjectAttributes: getObjectAttributes,
  GetObjectTagging: getObjectTagging,
  GetPublicAccessBlock: getPublicAccessBlock,
  HeadBucket: headBucket,
  HeadObject: headObject,
  ListBuckets: listBuckets,
  ListMultipartUploads: listMultipartUploads,
  ListObjectVersions: listObjectVersions,
  ListObjects: listObjects,
  ListObjectsV2: listObjectsV2,
  ListParts: listParts,
  PutBucketAccelerateConfiguration: { notBuilt: "There is no acceleration." },
  PutBucketAcl: { notBuilt: "Buckets have no access control lists: their owner owns all that is in them." },
  PutBucketCors: { notBuilt: "Browsers of other origins are not answered." },
  PutBucketEncryption: putBucketEncryption,
  PutBucketLifecycleConfiguration: { notBuilt: "Objects do not expire." },
  PutBucketLogging: { notBuilt: "Accesses are not logged." },
  PutBucketNotificationConfiguration: { notBuilt: "Events of buckets are not told." },
  PutBucketOwnershipControls: putBucketOwnershipControls,
  PutBucketPolicy: { notBuilt: "Buckets have no policies of their own: what a role may do is said in its policies." },
  PutBucketReplication: { notBuilt: "There is nowhere to replicate to." },
  PutBucketRequestPayment: { notBuilt: "Nobody pays." },
  PutBucketTagging: putBucketTagging,
  PutBucketVersioning: putBucketVersioning,
  PutBucketWebsite: { notBuilt: "Websites are not served." },
  PutObject: putObject,
  PutObjectAcl: { notBuilt: "Objects have no access control lists: the bucket's owner owns them." },
  PutObjectLockConfiguration: { notBuilt: "Objects have one version and no lock." },
  PutObjectTagging: putObjectTagging,
  PutPublicAccessBlock: putPublicAccessBlock,
  SelectObjectContent: { notBuilt: "Contents are not queried." },
  UploadPart: uploadPart,
  UploadPartCopy: uploadPartCopy,
};
