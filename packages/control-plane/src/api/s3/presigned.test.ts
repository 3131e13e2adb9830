import { createHash, createHmac } from "node:crypto";
import { CreateBucketCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { SignatureV4 } from "@smithy/signature-v4";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openObjectHouse } from "./s3.fixture.ts";

let house: Awaited<ReturnType<typeof openObjectHouse>>;
const Bucket = "shared";
beforeAll(async () => {
  house = await openObjectHouse();
  const s3 = house.clientOf();
  await s3.send(new CreateBucketCommand({ Bucket }));
  await s3.send(new PutObjectCommand({ Bucket, Key: "secret", Body: "secret" }));
});
afterAll(() => house.close());

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

/** The SDK's signer moves headers `x-amz-…` into the query. */
async function presigned(method: string, path: string, headers: Readonly<Record<string, string>> = {}) {
  const url = new URL(path, house.server.url);
  const signer = new SignatureV4({
    service: "s3",
    region: "us-east-1",
    credentials: house.root,
    uriEscapePath: false,
    sha256: Sha256 as never,
  });
  const asked = { method, protocol: "http:", hostname: url.hostname, path: url.pathname, query: {} };
  const { query = {} } = await signer.presign(
    { ...asked, headers: { host: url.host, "X-Amz-Content-Sha256": "UNSIGNED-PAYLOAD", ...headers } },
    { expiresIn: 60, signingDate: new Date(house.clock.now()) },
  );
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, String(value));
  return url;
}

test("nothing can be added to a presigned request that makes another one of it", async () => {
  const url = await presigned("PUT", `/${Bucket}/upload`);
  const copying = { "x-amz-copy-source": `/${Bucket}/secret` };
  const answer = await fetch(url, { method: "PUT", headers: copying });
  const text = await answer.text();
  expect([answer.status, text]).toEqual([
    403,
    expect.stringContaining("headers present in the request which were not"),
  ]);
  expect(text).toContain("<HeadersNotSigned>x-amz-copy-source</HeadersNotSigned>");
  expect(house.objects.object(Bucket, "upload")).toBeUndefined();
  expect((await fetch(url, { method: "PUT", body: "mine", headers: { "content-type": "text/plain" } })).status).toBe(
    200,
  );
});

test("what a signer moved into the query counts as the header that it was", async () => {
  const url = await presigned("PUT", `/${Bucket}/described`, { "x-amz-meta-owner": "me", "x-amz-tagging": "a=b" });
  expect(url.searchParams.get("x-amz-meta-owner")).toBe("me");
  expect((await fetch(url, { method: "PUT", body: "x" })).status).toBe(200);
  expect(house.objects.object(Bucket, "described")).toMatchObject({ metadata: { owner: "me" }, tags: { a: "b" } });
  const open = await presigned("PUT", `/${Bucket}/open`, { "x-amz-acl": "public-read" });
  expect(await (await fetch(open, { method: "PUT", body: "x" })).text()).toContain("AccessControlListNotSupported");
});

/** A presigned address in the old way, which signs but some members of the query. */
function presignedOld(method: string, path: string, more: Readonly<Record<string, string>> = {}) {
  const expires = String(Math.floor(house.clock.now() / 1000) + 60);
  const signature = createHmac("sha1", house.root.secretAccessKey)
    .update([method, "", "", expires, path].join("\n"))
    .digest("base64");
  const own = { AWSAccessKeyId: house.root.accessKeyId, Signature: signature, Expires: expires };
  return new URL(`${path}?${new URLSearchParams({ ...own, ...more }).toString()}`, house.server.url);
}

test.each([{ attributes: "" }, { retention: "" }, { tagging: "" }, { "X-Amz-Copy-Source": `${Bucket}/secret` }])(
  "the old way of signing is no way to ask for more than was signed: %j",
  async (more) => {
    const method = "X-Amz-Copy-Source" in more ? "PUT" : "GET";
    const url = presignedOld(method, `/${Bucket}/secret`, more as Record<string, string>);
    expect((await fetch(url, { method })).status).toBe(403);
    expect(await (await fetch(presignedOld("GET", `/${Bucket}/secret`))).text()).toBe("secret");
  },
);
