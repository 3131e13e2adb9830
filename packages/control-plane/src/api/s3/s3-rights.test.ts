import { createHash, createHmac } from "node:crypto";
import {
  CopyObjectCommand,
  CreateBucketCommand,
  DeleteBucketEncryptionCommand,
  DeleteBucketOwnershipControlsCommand,
  DeleteObjectsCommand,
  DeletePublicAccessBlockCommand,
  GetObjectCommand,
  ListBucketsCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  PutPublicAccessBlockCommand,
} from "@aws-sdk/client-s3";
import { SignatureV4 } from "@smithy/signature-v4";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Role, roleKey } from "../../model/role.ts";
import { openObjectHouse } from "./s3.fixture.ts";

let house: Awaited<ReturnType<typeof openObjectHouse>>;
const Bucket = "records";
beforeAll(async () => {
  house = await openObjectHouse();
  const s3 = house.clientOf();
  await s3.send(new CreateBucketCommand({ Bucket }));
  for (const Key of ["app/a", "app/b", "own/c"]) await s3.send(new PutObjectCommand({ Bucket, Key, Body: Key }));
});
afterAll(() => house.close());

async function sessionWith(roleName: string, ...Statement: readonly object[]) {
  const roleArn = `arn:aws:iam::000000000000:role/${roleName}`;
  const value: Role = {
    roleName,
    path: "/",
    arn: roleArn,
    assumeRolePolicyDocument: "{}",
    maxSessionDuration: 3600,
    inlinePolicies: [{ policyName: "p", policyDocument: JSON.stringify({ Version: "2012-10-17", Statement }) }],
    attachedPolicyArns: [],
    tags: [],
    createdAt: 1,
  };
  await house.store.commit([{ kind: "role", arn: roleKey(roleName), expected: 0, value }]);
  return house.as({ roleArn, sessionName: "s" });
}
const denied = { name: "AccessDenied", $metadata: { httpStatusCode: 403 } };

test("a role gets what its policies say of buckets and objects, each key for itself", async () => {
  const s3 = await sessionWith(
    "reader",
    { Effect: "Allow", Action: ["s3:GetObject", "s3:DeleteObject"], Resource: `arn:aws:s3:::${Bucket}/app/*` },
    {
      Effect: "Allow",
      Action: "s3:ListBucket",
      Resource: `arn:aws:s3:::${Bucket}`,
      Condition: { StringLike: { "s3:prefix": "app/*" } },
    },
  );
  await s3.send(new GetObjectCommand({ Bucket, Key: "app/a" }));
  await expect(s3.send(new GetObjectCommand({ Bucket, Key: "own/c" }))).rejects.toMatchObject({
    ...denied,
    message: expect.stringContaining(
      "is not authorized to perform: s3:GetObject on resource: arn:aws:s3:::records/own/c",
    ),
  });
  // Who may not list everything is not told what is missing.
  await expect(s3.send(new GetObjectCommand({ Bucket, Key: "app/none" }))).rejects.toMatchObject(denied);
  await s3.send(new ListObjectsV2Command({ Bucket, Prefix: "app/" }));
  await expect(s3.send(new ListObjectsV2Command({ Bucket }))).rejects.toMatchObject(denied);
  await expect(s3.send(new ListBucketsCommand({}))).rejects.toMatchObject(denied);
  await expect(s3.send(new PutObjectCommand({ Bucket, Key: "app/a", Body: "x" }))).rejects.toMatchObject(denied);
  const Objects = [{ Key: "app/b" }, { Key: "own/c" }];
  const { Deleted, Errors } = await s3.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects } }));
  expect(Deleted).toEqual([{ Key: "app/b" }]);
  expect(Errors).toMatchObject([{ Key: "own/c", Code: "AccessDenied" }]);
});

test("a copy needs both ends", async () => {
  const s3 = await sessionWith("writer", { Effect: "Allow", Action: "s3:PutObject", Resource: "*" });
  const copy = new CopyObjectCommand({ Bucket, Key: "copy", CopySource: `${Bucket}/app/a` });
  await expect(s3.send(copy)).rejects.toMatchObject(denied);
});

// What SDKs send that sign every chunk of a body.
const hmac = (key: string | Buffer, text: string) => createHmac("sha256", key).update(text).digest();
const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");

async function putInChunks(key: string, chunks: readonly string[], change: (body: string) => string) {
  const url = new URL(`${house.server.url}/${Bucket}/${key}`);
  const [date, region] = [new Date(house.clock.now()), "us-east-1"];
  const signer = new SignatureV4({
    service: "s3",
    region,
    credentials: house.root,
    uriEscapePath: false,
    sha256: Sha256 as never,
  });
  const length = chunks.join("").length;
  const headers = {
    host: url.host,
    "x-amz-content-sha256": "STREAMING-AWS4-HMAC-SHA256-PAYLOAD",
    "x-amz-decoded-content-length": String(length),
    "content-encoding": "aws-chunked",
  };
  const signed = await signer.sign(
    { method: "PUT", protocol: "http:", hostname: url.hostname, path: url.pathname, headers, query: {} },
    { signingDate: date },
  );
  let previous = /Signature=([0-9a-f]+)/.exec(signed.headers["authorization"] ?? "")?.[1] ?? "";
  const at = signed.headers["x-amz-date"] ?? "";
  const scope = `${at.slice(0, 8)}/${region}/s3/aws4_request`;
  const signingKey = [region, "s3", "aws4_request"].reduce(
    hmac,
    hmac(`AWS4${house.root.secretAccessKey}`, at.slice(0, 8)),
  );
  let body = "";
  for (const chunk of [...chunks, ""]) {
    const text = ["AWS4-HMAC-SHA256-PAYLOAD", at, scope, previous, sha256(""), sha256(chunk)].join("\n");
    previous = hmac(signingKey, text).toString("hex");
    body += `${chunk.length.toString(16)};chunk-signature=${previous}\r\n${chunk}\r\n`;
  }
  return fetch(url, { method: "PUT", headers: signed.headers, body: change(body) });
}

class Sha256 {
  readonly #hash;
  constructor(secret?: string | Uint8Array) {
    this.#hash = secret === undefined ? createHash("sha256") : createHmac("sha256", secret);
  }
  update(data: string | Uint8Array) {
    this.#hash.update(data);
  }
  async digest() {
    return this.#hash.digest();
  }
}

test("a body of signed chunks is taken whole, and one that was changed on its way is not", async () => {
  const chunks = ["a".repeat(9000), "b".repeat(10)];
  expect((await putInChunks("chunked", chunks, (body) => body)).status).toBe(200);
  expect(house.objects.object(Bucket, "chunked")).toMatchObject({ size: 9010 });
  const changed = await putInChunks("changed", chunks, (body) => body.replace("bbb", "bcb"));
  expect([changed.status, await changed.text()]).toEqual([403, expect.stringContaining("SignatureDoesNotMatch")]);
  const short = await putInChunks("changed", chunks, (body) => body.slice(0, -60));
  expect(short.status).toBe(400);
  expect(house.objects.object(Bucket, "changed")).toBeUndefined();
  await expect(house.objects.sweep()).resolves.toBe(0);
});

test("settings of buckets are changed with the rights that AWS names for them", async () => {
  const on = `arn:aws:s3:::${Bucket}`;
  const s3 = await sessionWith("settler", { Effect: "Allow", Action: "s3:PutBucketPublicAccessBlock", Resource: on });
  await s3.send(new PutPublicAccessBlockCommand({ Bucket, PublicAccessBlockConfiguration: {} }));
  await s3.send(new DeletePublicAccessBlockCommand({ Bucket }));
  await expect(s3.send(new DeleteBucketEncryptionCommand({ Bucket }))).rejects.toMatchObject({
    ...denied,
    message: expect.stringContaining("s3:PutEncryptionConfiguration"),
  });
  await expect(s3.send(new DeleteBucketOwnershipControlsCommand({ Bucket }))).rejects.toMatchObject(denied);
});
