import { createHash, createHmac } from "node:crypto";
import { SignatureV4 } from "@smithy/signature-v4";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { WireRequest } from "./protocol.ts";
import { parseClaim } from "./signature-claim.ts";
import { SignatureError } from "./signature-error.ts";
import { verifySignature } from "./sigv4.ts";

const secretAccessKey = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
const now = Date.UTC(2026, 0, 1);
const expected = { secretAccessKey, service: "ecs", regions: ["us-east-1"], now };

class Sha256 {
  private readonly hash;
  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    this.hash = secret === undefined ? createHash("sha256") : createHmac("sha256", secret as string | Uint8Array);
  }
  update(data: string | Uint8Array) {
    this.hash.update(data);
  }
  digest() {
    return Promise.resolve(new Uint8Array(this.hash.digest()));
  }
  reset() {}
}

const signer = (given: { region?: string; service?: string; sessionToken?: string } = {}) =>
  new SignatureV4({
    credentials: {
      accessKeyId: "AKIAEXAMPLE",
      secretAccessKey,
      ...(given.sessionToken === undefined ? {} : { sessionToken: given.sessionToken }),
    },
    region: given.region ?? "us-east-1",
    service: given.service ?? "ecs",
    sha256: Sha256 as never,
  });

interface Unsigned {
  readonly method: string;
  readonly path: string;
  readonly query: Record<string, string | string[]>;
  readonly headers: Record<string, string>;
  readonly body: string;
}
const plain: Unsigned = {
  method: "POST",
  path: "/",
  query: {},
  headers: { host: "127.0.0.1:4577", "content-type": "application/x-amz-json-1.1", "x-amz-target": "X.ListClusters" },
  body: "{}",
};

/** The request as it would arrive, with the query as the SDK's HTTP handler writes it. */
function arrived(
  signed: { method: string; path: string; query?: unknown; headers: Record<string, string> },
  body: string,
): WireRequest {
  const query = Object.entries((signed.query ?? {}) as Record<string, string | string[]>)
    .flatMap(([name, values]) =>
      [values].flat().map((value) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`),
    )
    .join("&");
  const headers = Object.fromEntries(
    Object.entries(signed.headers).map(([name, value]) => [name.toLowerCase(), value]),
  );
  return { method: signed.method, path: signed.path, query, headers, body: Buffer.from(body) };
}

async function sign(request: Unsigned, given: Parameters<typeof signer>[0] = {}, signingDate = new Date(now)) {
  const signed = await signer(given).sign({ ...request, protocol: "http:", hostname: "127.0.0.1" }, { signingDate });
  return arrived(signed, request.body);
}

function faultOf(request: WireRequest, given: Partial<typeof expected> = {}): string {
  try {
    verifySignature(request, parseClaim(request), { ...expected, ...given });
    return "none";
  } catch (error) {
    if (!(error instanceof SignatureError)) throw error;
    return `${error.fault}: ${error.message}`;
  }
}

describe("what the SDK has signed", () => {
  const text = fc.string({ unit: "grapheme", maxLength: 12 });
  const request = fc.record<Unsigned>({
    method: fc.constantFrom("GET", "POST"),
    path: fc
      .array(fc.stringMatching(/^[a-zA-Z0-9 ~%*'()!-]{1,6}$/))
      .map((parts) => `/${parts.map(encodeURIComponent).join("/")}`),
    query: fc.dictionary(
      text.filter((name) => name !== "" && name !== "__proto__" && !name.startsWith("X-Amz")),
      fc.oneof(text, fc.array(text, { maxLength: 3 })),
      {
        maxKeys: 4,
        noNullPrototype: true,
      },
    ),
    headers: fc
      .dictionary(fc.stringMatching(/^x-[a-z]{1,8}$/), fc.stringMatching(/^[ -~]{0,20}$/), {
        maxKeys: 4,
        noNullPrototype: true,
      })
      .map((headers) => ({ host: "127.0.0.1:4577", ...headers })),
    body: text,
  });

  test("passes, whatever is in it", async () => {
    await fc.assert(
      fc.asyncProperty(request, fc.option(fc.constant("token/+=")), async (unsigned, token) => {
        const signed = await sign(unsigned, token === null ? {} : { sessionToken: token });
        expect(faultOf(signed)).toBe("none");
        expect(parseClaim(signed).sessionToken).toBe(token ?? undefined);
      }),
      { numRuns: 150 },
    );
  });

  test("passes presigned, until it expires", async () => {
    await fc.assert(
      fc.asyncProperty(request, fc.integer({ min: 1, max: 604_800 }), async (unsigned, expiresIn) => {
        const presigned = await signer().presign(
          { ...unsigned, protocol: "http:", hostname: "127.0.0.1" },
          { signingDate: new Date(now), expiresIn },
        );
        const request = arrived(presigned, unsigned.body);
        expect(faultOf(request)).toBe("none");
        expect(faultOf(request, { now: now + expiresIn * 1000 })).toBe("none");
        expect(faultOf(request, { now: now + expiresIn * 1000 + 1 })).toMatch(/^expired: Signature expired/);
      }),
      { numRuns: 50 },
    );
  });

  test("fails once anything is changed", async () => {
    const signed = await sign({ ...plain, query: { a: "1" } });
    const changed: WireRequest[] = [
      { ...signed, method: "PUT" },
      { ...signed, path: "/other" },
      { ...signed, query: "a=2" },
      { ...signed, query: "a=1&b=2" },
      { ...signed, body: Buffer.from("{} ") },
      { ...signed, headers: { ...signed.headers, host: "127.0.0.1:1" } },
      { ...signed, headers: { ...signed.headers, "x-amz-target": "X.DeleteCluster" } },
    ];
    expect(faultOf(signed)).toBe("none");
    for (const request of changed) expect(faultOf(request)).toMatch(/^mismatch: The request signature we calculated/);
    expect(faultOf(signed, { secretAccessKey: "another" })).toMatch(/^mismatch: The request signature/);
  });
});

describe("what is refused", () => {
  test.each([
    [-5 * 60_000, "none"],
    [5 * 60_000, "none"],
    [
      -5 * 60_000 - 1000,
      "expired: Signature expired: 20251231T235459Z is now earlier than 20251231T235500Z (20260101T000000Z - 5 min.)",
    ],
    [
      5 * 60_000 + 1000,
      "notYetCurrent: Signature not yet current: 20260101T000501Z is still later than 20260101T000500Z (20260101T000000Z + 5 min.)",
    ],
  ])("a clock that is %i ms off: %s", async (offset, fault) => {
    expect(faultOf(await sign(plain, {}, new Date(now + offset)))).toBe(fault);
  });

  test("another region, another service", async () => {
    expect(faultOf(await sign(plain, { region: "eu-west-1" }))).toMatch(
      /^mismatch: Credential should be scoped to a valid region/,
    );
    expect(faultOf(await sign(plain, { service: "sts" }))).toBe(
      "mismatch: Credential should be scoped to correct service: 'ecs'.",
    );
  });

  test.each([
    [{}, "missing: Missing Authentication Token"],
    [{ authorization: "Basic abc" }, "incomplete: Authorization header requires the algorithm AWS4-HMAC-SHA256."],
    [
      { authorization: "AWS4-HMAC-SHA256 Credential=a/20260101/us-east-1/ecs/aws4_request" },
      "incomplete: Authorization header requires 'Signature' parameter. Authorization header requires 'SignedHeaders' parameter. Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. Authorization=AWS4-HMAC-SHA256",
    ],
    [
      {
        authorization: "AWS4-HMAC-SHA256 Credential=a/b, SignedHeaders=host, Signature=00",
        "x-amz-date": "20260101T000000Z",
      },
      "incomplete: Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, got 'a/b'",
    ],
    [
      {
        authorization:
          "AWS4-HMAC-SHA256 Credential=a/20260101/us-east-1/ecs/aws4_request, SignedHeaders=x, Signature=00",
        date: "Thu, 01 Jan 2026 00:00:00 GMT",
      },
      "mismatch: 'Host' must be a 'SignedHeader' in the AWS Authorization.",
    ],
  ])("headers %j", (headers, fault) => {
    expect(faultOf({ ...plain, query: "", headers, body: Buffer.from("{}") })).toBe(fault);
  });

  test("a presigned query that lacks something", () => {
    const request = {
      ...plain,
      query: "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Date=20260101T000000Z",
      body: Buffer.alloc(0),
    };
    expect(faultOf(request)).toBe(
      "incomplete: AWS query-string parameters must include 'X-Amz-Credential', 'X-Amz-Expires', 'X-Amz-SignedHeaders', 'X-Amz-Signature'.",
    );
  });
});

test("a body that is not signed passes only if that is signed", async () => {
  const headers = { ...plain.headers, "x-amz-content-sha256": "UNSIGNED-PAYLOAD" };
  const signed = await sign({ ...plain, headers });
  expect(faultOf({ ...signed, body: Buffer.from("other") })).toBe("none");
  const plainSigned = await sign(plain);
  const smuggled = { ...plainSigned.headers, "x-amz-content-sha256": "UNSIGNED-PAYLOAD" };
  expect(faultOf({ ...plainSigned, headers: smuggled, body: Buffer.from("other") })).toMatch(/^mismatch/);
});
