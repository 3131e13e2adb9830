import { createHmac, randomBytes } from "node:crypto";
import { Agent } from "node:http";
import {
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  DeleteBucketCommand,
  DeleteObjectsCommand,
  GetBucketLocationCommand,
  GetBucketPolicyCommand,
  GetBucketVersioningCommand,
  GetObjectCommand,
  GetObjectTaggingCommand,
  HeadObjectCommand,
  ListBucketsCommand,
  ListMultipartUploadsCommand,
  ListObjectsCommand,
  ListObjectsV2Command,
  ListPartsCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  type S3Client,
  UploadPartCommand,
  UploadPartCopyCommand,
} from "@aws-sdk/client-s3";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { openObjectHouse } from "./s3.fixture.ts";

let house: Awaited<ReturnType<typeof openObjectHouse>>;
let s3: S3Client;
const Bucket = "pictures";
interface Named {
  readonly PartNumber: number;
  readonly ETag: string | undefined;
  readonly ChecksumCRC32?: string | undefined;
}
beforeAll(async () => {
  house = await openObjectHouse();
  s3 = house.clientOf();
  await s3.send(new CreateBucketCommand({ Bucket }));
});
afterAll(() => house.close());

const put = (Key: string, Body: string | Uint8Array = "text", more: object = {}) =>
  s3.send(new PutObjectCommand({ Bucket, Key, Body, ...more }));
const get = async (Key: string, more: object = {}) => {
  const answer = await s3.send(new GetObjectCommand({ Bucket, Key, ...more }));
  return { ...answer, text: Buffer.from((await answer.Body?.transformToByteArray()) ?? []).toString("latin1") };
};

test("an object comes back as it was put, with its headers, metadata and tags", async () => {
  const ETag = (
    await put("a/b c+d é", "hello", { ContentType: "text/plain", Metadata: { owner: "me" }, Tagging: "x=1" })
  ).ETag;
  expect(ETag).toBe('"5d41402abc4b2a76b9719d911017c592"');
  const back = await get("a/b c+d é");
  expect(back).toMatchObject({
    text: "hello",
    ContentType: "text/plain",
    Metadata: { owner: "me" },
    ETag,
    TagCount: 1,
  });
  const { TagSet } = await s3.send(new GetObjectTaggingCommand({ Bucket, Key: "a/b c+d é" }));
  expect(TagSet).toEqual([{ Key: "x", Value: "1" }]);
});

test.each(["../../etc/passwd", "/", "a//b", ".", "\u0001<&>\u001f", "%2e%2e/%00", "x?y#z", "ключ/🗝", "a".repeat(1024)])(
  "a key may be anything: %j",
  async (Key) => {
    await put(Key, Key);
    expect(Buffer.from((await get(Key)).text, "latin1").toString()).toBe(Key);
    const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket, Prefix: Key }));
    expect(Contents.map((each) => each.Key)).toContain(Key);
    await s3.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects: [{ Key }] } }));
    await expect(get(Key)).rejects.toMatchObject({ name: "NoSuchKey" });
  },
);

test.each(["CRC32", "CRC32C", "CRC64NVME", "SHA1", "SHA256"] as const)(
  "checksums of %s go with a body and are checked",
  async (ChecksumAlgorithm) => {
    if (ChecksumAlgorithm !== "CRC64NVME" && ChecksumAlgorithm !== "CRC32C")
      await put("sum", "hello", { ChecksumAlgorithm });
    const wrong = {
      [`Checksum${ChecksumAlgorithm}`]: Buffer.alloc(
        { CRC32: 4, CRC32C: 4, CRC64NVME: 8, SHA1: 20, SHA256: 32 }[ChecksumAlgorithm],
      ).toString("base64"),
    };
    await expect(put("sum2", "hello", wrong)).rejects.toMatchObject({ name: "BadDigest" });
    await expect(get("sum2")).rejects.toMatchObject({ name: "NoSuchKey" });
  },
);

test("ranges and conditions are kept to", async () => {
  const { ETag } = await put("range", "0123456789");
  expect(await get("range", { Range: "bytes=2-4" })).toMatchObject({ text: "234", ContentRange: "bytes 2-4/10" });
  expect((await get("range", { Range: "bytes=-3" })).text).toBe("789");
  await expect(get("range", { Range: "bytes=10-" })).rejects.toMatchObject({ name: "InvalidRange" });
  await expect(get("range", { IfNoneMatch: ETag })).rejects.toMatchObject({ $metadata: { httpStatusCode: 304 } });
  await expect(get("range", { IfMatch: '"no"' })).rejects.toMatchObject({ name: "PreconditionFailed" });
  await expect(put("range", "x", { IfNoneMatch: "*" })).rejects.toMatchObject({ name: "PreconditionFailed" });
  await put("range", "x", { IfMatch: ETag });
  expect((await get("range")).text).toBe("x");
});

test("listings come by pages, prefixes shown once", async () => {
  const keys = ["l/a/1", "l/a/2", "l/b", "l/c/1", "l/d"];
  for (const key of keys) await put(key);
  const seen: string[] = [];
  let ContinuationToken: string | undefined;
  do {
    const page = await s3.send(
      new ListObjectsV2Command({ Bucket, Prefix: "l/", Delimiter: "/", MaxKeys: 1, ContinuationToken }),
    );
    seen.push(...(page.Contents ?? []).map(({ Key = "" }) => Key));
    seen.push(...(page.CommonPrefixes ?? []).map(({ Prefix = "" }) => Prefix));
    ContinuationToken = page.NextContinuationToken;
  } while (ContinuationToken !== undefined);
  expect(seen).toEqual(["l/a/", "l/b", "l/c/", "l/d"]);
  const after = await s3.send(new ListObjectsV2Command({ Bucket, Prefix: "l/", StartAfter: "l/b" }));
  expect(after.Contents?.map(({ Key }) => Key)).toEqual(["l/c/1", "l/d"]);
  const old = await s3.send(new ListObjectsCommand({ Bucket, Prefix: "l/", Marker: "l/c/1" }));
  expect(old.Contents?.map(({ Key }) => Key)).toEqual(["l/d"]);
});

test("a multipart upload becomes one object, with S3's ETag and rules", async () => {
  const Key = "large";
  const { UploadId } = await s3.send(new CreateMultipartUploadCommand({ Bucket, Key, ChecksumAlgorithm: "CRC32" }));
  const whole = [randomBytes(5 * 1024 * 1024), Buffer.from("end")];
  const Parts: Named[] = [];
  for (const [index, Body] of whole.entries()) {
    const PartNumber = index + 1;
    const part = await s3.send(
      new UploadPartCommand({ Bucket, Key, UploadId, PartNumber, Body, ChecksumAlgorithm: "CRC32" }),
    );
    Parts.push({ PartNumber, ETag: part.ETag, ChecksumCRC32: part.ChecksumCRC32 });
  }
  const listed = await s3.send(new ListPartsCommand({ Bucket, Key, UploadId }));
  expect(listed.Parts?.map(({ Size }) => Size)).toEqual([5 * 1024 * 1024, 3]);
  const { Uploads } = await s3.send(new ListMultipartUploadsCommand({ Bucket }));
  expect(Uploads).toMatchObject([{ Key, UploadId }]);
  const complete = (parts: Named[]) =>
    s3.send(new CompleteMultipartUploadCommand({ Bucket, Key, UploadId, MultipartUpload: { Parts: parts } }));
  await expect(complete(Parts.toReversed())).rejects.toMatchObject({ name: "InvalidPartOrder" });
  await expect(complete([{ PartNumber: 7, ETag: "x", ChecksumCRC32: undefined }])).rejects.toMatchObject({
    name: "InvalidPart",
  });
  const done = await complete(Parts);
  expect(done.ETag).toMatch(/^"[0-9a-f]{32}-2"$/);
  expect((await complete(Parts)).ETag).toBe(done.ETag); // asked again
  expect((await get(Key, { Range: "bytes=5242878-5242881" })).text).toHaveLength(4);
  expect(await get(Key, { PartNumber: 2 })).toMatchObject({ text: "end", PartsCount: 2 });
  expect(await s3.send(new HeadObjectCommand({ Bucket, Key }))).toMatchObject({ ContentLength: 5 * 1024 * 1024 + 3 });
  await s3.send(new CopyObjectCommand({ Bucket, Key: "copy", CopySource: `${Bucket}/${Key}` }));
  expect((await get("copy")).text).toBe(Buffer.concat(whole).toString("latin1"));
});

test("a part may be copied; parts that are too small are refused, and what is left over goes", async () => {
  const Key = "small";
  await put("source", "0123456789");
  const { UploadId } = await s3.send(new CreateMultipartUploadCommand({ Bucket, Key }));
  const Parts: Named[] = [];
  for (const PartNumber of [1, 2]) {
    const copied = await s3.send(
      new UploadPartCopyCommand({
        Bucket,
        Key,
        UploadId,
        PartNumber,
        CopySource: `${Bucket}/source`,
        CopySourceRange: "bytes=2-4",
      }),
    );
    Parts.push({ PartNumber, ETag: copied.CopyPartResult?.ETag });
  }
  const complete = (parts: Named[]) =>
    s3.send(new CompleteMultipartUploadCommand({ Bucket, Key, UploadId, MultipartUpload: { Parts: parts } }));
  await expect(complete(Parts)).rejects.toMatchObject({ name: "EntityTooSmall" });
  await complete(Parts.slice(0, 1));
  expect((await get(Key)).text).toBe("234");
  await expect(house.objects.sweep()).resolves.toBe(0);
});

test("a bucket answers for what it does not have, and goes only when it is empty", async () => {
  await s3.send(new CreateBucketCommand({ Bucket: "other-one" }));
  await expect(s3.send(new GetBucketPolicyCommand({ Bucket: "other-one" }))).rejects.toMatchObject({
    name: "NoSuchBucketPolicy",
  });
  expect((await s3.send(new GetBucketVersioningCommand({ Bucket: "other-one" }))).Status).toBeUndefined();
  await expect(
    s3.send(new PutBucketVersioningCommand({ Bucket: "other-one", VersioningConfiguration: { Status: "Enabled" } })),
  ).rejects.toMatchObject({ name: "NotImplemented" });
  expect((await s3.send(new GetBucketLocationCommand({ Bucket: "other-one" }))).LocationConstraint ?? "").toBe("");
  expect((await s3.send(new ListBucketsCommand({}))).Buckets?.map(({ Name }) => Name)).toEqual(["other-one", Bucket]);
  await expect(s3.send(new DeleteBucketCommand({ Bucket }))).rejects.toMatchObject({ name: "BucketNotEmpty" });
  await s3.send(new DeleteBucketCommand({ Bucket: "other-one" }));
  await expect(s3.send(new DeleteBucketCommand({ Bucket: "other-one" }))).rejects.toMatchObject({
    name: "NoSuchBucket",
  });
  await expect(s3.send(new CreateBucketCommand({ Bucket: "No_Good" }))).rejects.toMatchObject({
    name: "InvalidBucketName",
  });
});

test("what is presigned in the old way is let in until it expires", async () => {
  await put("old/k y", "old");
  const expires = Math.floor(house.clock.now() / 1000) + 60;
  const path = `/${Bucket}/old/k%20y`;
  const text = ["GET", "", "", expires, path].join("\n");
  const signature = createHmac("sha1", house.root.secretAccessKey).update(text).digest("base64");
  const ask = (given: string, at: number) => {
    const query = new URLSearchParams({
      AWSAccessKeyId: house.root.accessKeyId,
      Signature: given,
      Expires: String(at),
    });
    return fetch(`${house.server.url}${path}?${query.toString()}`);
  };
  expect(await (await ask(signature, expires)).text()).toBe("old");
  expect((await ask(signature, expires + 1)).status).toBe(403);
  expect(await (await ask(signature, expires - 61)).text()).toContain("Request has expired");
});

test("nobody gets in with another key, another region, or none", async () => {
  const wrong = house.clientOf({ ...house.root, secretAccessKey: "other" });
  await expect(wrong.send(new ListBucketsCommand({}))).rejects.toMatchObject({ name: "SignatureDoesNotMatch" });
  const unknown = house.clientOf({ accessKeyId: "AKIANOBODY", secretAccessKey: "x" });
  await expect(unknown.send(new ListBucketsCommand({}))).rejects.toMatchObject({ name: "InvalidAccessKeyId" });
  const elsewhere = house.clientOf(house.root, { region: "eu-west-1" });
  await expect(elsewhere.send(new ListBucketsCommand({}))).rejects.toMatchObject({
    name: "AuthorizationHeaderMalformed",
  });
  const answer = await fetch(`${house.server.url}/${Bucket}/range`);
  expect([answer.status, await answer.text()]).toEqual([403, expect.stringContaining("<Code>AccessDenied</Code>")]);
});

test("a bucket does not stand before the house's own paths, and its pages are not of the house's origin", async () => {
  await s3.send(new CreateBucketCommand({ Bucket: "healthz" }));
  expect(await (await fetch(`${house.server.url}/healthz`)).json()).toEqual({ status: "ok" });
  const answer = await fetch(`${house.server.url}/${Bucket}/page`);
  expect(answer.headers.get("content-security-policy")).toContain("sandbox");
});

test("a key of a bucket in the host's name may be below a path of another protocol", async () => {
  const others: string[] = [];
  house.server.onRaw("/v2/", (request, response) => {
    others.push(request.url ?? "");
    response.end("a registry");
  });
  const { port } = new URL(house.server.url);
  const httpAgent = new Agent({
    lookup: (_name, _options, done) => done(null, [{ address: "127.0.0.1", family: 4 }]),
  });
  const hosted = house.clientOf(house.root, {
    endpoint: `http://localhost:${port}`,
    requestHandler: { httpAgent },
  });
  await hosted.send(new PutObjectCommand({ Bucket, Key: "v2/manifest", Body: "an object" }));
  expect((await get("v2/manifest")).text).toBe("an object");
  expect(await (await fetch(`${house.server.url}/v2/`)).text()).toBe("a registry");
  expect(others).toEqual(["/v2/"]);
});

test("an upload that cannot be kept is answered, though its body is not read to its end", async () => {
  vi.spyOn(house.objects, "write").mockImplementationOnce(async (source) => {
    for await (const _first of source) break;
    throw new Error("ENOSPC: no space left on device");
  });
  await expect(put("lost", randomBytes(3 * 1024 * 1024))).rejects.toMatchObject({ name: "InternalError" });
  expect(house.objects.object(Bucket, "lost")).toBeUndefined();
});
