import {
  CopyObjectCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  DeleteBucketEncryptionCommand,
  DeleteBucketOwnershipControlsCommand,
  DeletePublicAccessBlockCommand,
  GetBucketEncryptionCommand,
  GetBucketOwnershipControlsCommand,
  GetBucketTaggingCommand,
  GetPublicAccessBlockCommand,
  HeadObjectCommand,
  PutBucketEncryptionCommand,
  PutBucketOwnershipControlsCommand,
  PutBucketTaggingCommand,
  PutObjectCommand,
  PutPublicAccessBlockCommand,
  type S3Client,
} from "@aws-sdk/client-s3";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openObjectHouse } from "./s3.fixture.ts";

let house: Awaited<ReturnType<typeof openObjectHouse>>;
let s3: S3Client;
const Bucket = "settled";
beforeAll(async () => {
  house = await openObjectHouse();
  s3 = house.clientOf();
  await s3.send(new CreateBucketCommand({ Bucket }));
});
afterAll(() => house.close());

test("a new bucket is blocked to the public, which can be said otherwise, and unsaid", async () => {
  const read = async () => (await s3.send(new GetPublicAccessBlockCommand({ Bucket }))).PublicAccessBlockConfiguration;
  const all = { BlockPublicAcls: true, IgnorePublicAcls: true, BlockPublicPolicy: true, RestrictPublicBuckets: true };
  expect(await read()).toEqual(all);
  const PublicAccessBlockConfiguration = { ...all, IgnorePublicAcls: false, BlockPublicAcls: false };
  await s3.send(new PutPublicAccessBlockCommand({ Bucket, PublicAccessBlockConfiguration }));
  expect(await read()).toEqual(PublicAccessBlockConfiguration);
  await s3.send(new PutBucketTaggingCommand({ Bucket, Tagging: { TagSet: [{ Key: "a", Value: "b" }] } }));
  expect(await read()).toEqual(PublicAccessBlockConfiguration);
  await s3.send(new DeletePublicAccessBlockCommand({ Bucket }));
  await s3.send(new DeletePublicAccessBlockCommand({ Bucket }));
  await expect(read()).rejects.toMatchObject({ name: "NoSuchPublicAccessBlockConfiguration" });
  expect((await s3.send(new GetBucketTaggingCommand({ Bucket }))).TagSet).toEqual([{ Key: "a", Value: "b" }]);
});

test("who owns what is in a bucket is kept", async () => {
  const read = async () => (await s3.send(new GetBucketOwnershipControlsCommand({ Bucket }))).OwnershipControls?.Rules;
  expect(await read()).toEqual([{ ObjectOwnership: "BucketOwnerEnforced" }]);
  const put = (ObjectOwnership: string) =>
    s3.send(
      new PutBucketOwnershipControlsCommand({
        Bucket,
        OwnershipControls: { Rules: [{ ObjectOwnership: ObjectOwnership as never }] },
      }),
    );
  await put("BucketOwnerPreferred");
  expect(await read()).toEqual([{ ObjectOwnership: "BucketOwnerPreferred" }]);
  await expect(put("Nobody")).rejects.toMatchObject({ name: "InvalidArgument" });
  await s3.send(new DeleteBucketOwnershipControlsCommand({ Bucket }));
  await expect(read()).rejects.toMatchObject({ name: "OwnershipControlsNotFoundError" });
});

test("encryption with AES256 is kept and said of what comes then; keys of KMS are refused", async () => {
  const read = async () =>
    (await s3.send(new GetBucketEncryptionCommand({ Bucket }))).ServerSideEncryptionConfiguration?.Rules;
  const put = (SSEAlgorithm: "AES256" | "aws:kms") =>
    s3.send(
      new PutBucketEncryptionCommand({
        Bucket,
        ServerSideEncryptionConfiguration: { Rules: [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm } }] },
      }),
    );
  const said = { ServerSideEncryption: "AES256" };
  await expect(read()).rejects.toMatchObject({ name: "ServerSideEncryptionConfigurationNotFoundError" });
  const plain = await s3.send(new PutObjectCommand({ Bucket, Key: "plain", Body: "x" }));
  expect(plain.ServerSideEncryption).toBeUndefined();
  const Key = "asked";
  expect(await s3.send(new PutObjectCommand({ Bucket, Key, Body: "x", ServerSideEncryption: "AES256" }))).toMatchObject(
    said,
  );
  expect(await s3.send(new HeadObjectCommand({ Bucket, Key }))).toMatchObject(said);
  await expect(put("aws:kms")).rejects.toMatchObject({ name: "NotImplemented" });
  const kms = new PutObjectCommand({ Bucket, Key, Body: "x", ServerSideEncryption: "aws:kms" });
  await expect(s3.send(kms)).rejects.toMatchObject({ name: "NotImplemented" });
  await put("AES256");
  expect(await read()).toEqual([
    { ApplyServerSideEncryptionByDefault: { SSEAlgorithm: "AES256" }, BucketKeyEnabled: false },
  ]);
  const CopySource = `${Bucket}/plain`;
  expect(await s3.send(new CopyObjectCommand({ Bucket, Key: "copy", CopySource }))).toMatchObject(said);
  expect(await s3.send(new HeadObjectCommand({ Bucket, Key: "copy" }))).toMatchObject(said);
  expect(await s3.send(new CreateMultipartUploadCommand({ Bucket, Key: "parts" }))).toMatchObject(said);
  await s3.send(new DeleteBucketEncryptionCommand({ Bucket }));
  await expect(read()).rejects.toMatchObject({ name: "ServerSideEncryptionConfigurationNotFoundError" });
});
