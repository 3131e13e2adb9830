import { createHmac, createSecretKey, type KeyObject, timingSafeEqual } from "node:crypto";
import { canonicalRequest, sha256 } from "./canonical-request.ts";
import type { CredentialScope } from "./credential-scope.ts";
import type { WireRequest } from "./protocol.ts";
import { formatBasic, parseBasic, type SignatureClaim } from "./signature-claim.ts";
import { SignatureError } from "./signature-error.ts";

/** What a signature has to be made with and for, and when it is looked at. */
export interface Expected {
  readonly secretAccessKey: string;
  /** The service's name in the scope. */
  readonly service: string;
  readonly regions: readonly string[];
  /** Epoch milliseconds. */
  readonly now: number;
  /** What stands for the body in the signature, where it is not the hash of one that was read. */
  readonly payloadHash?: string;
  /** The path is encoded once, and taken as it stands: so do signers for S3. */
  readonly pathAsItStands?: boolean;
  /** How far apart the two clocks may be, in minutes; 5 if absent. */
  readonly skewMinutes?: number;
}

/** How far apart the two clocks may be, in minutes. */
const defaultSkewMinutes = 5;

/**
 * Checks that a request is signed with the given secret, for this service and region, and not too long ago. The texts
 * are those of AWS. Takes the body's own hash, or UNSIGNED-PAYLOAD where that is what was signed.
 * @throws SignatureError
 */
export function verifySignature(request: WireRequest, claim: SignatureClaim, expected: Expected): void {
  requireScope(claim, expected);
  requireCurrent(claim, expected);
  const { scope, signedHeaders, signature, signedAt } = claim;
  if (!signedHeaders.includes("host")) throw mismatch("'Host' must be a 'SignedHeader' in the AWS Authorization.");
  const { payloadHash = hashOfPayload(request, signedHeaders), pathAsItStands = false } = expected;
  const canonical = canonicalRequest(request, signedHeaders, { payloadHash, pathAsItStands });
  const { date, region, service, terminator } = scope;
  const text = ["AWS4-HMAC-SHA256", signedAt, `${date}/${region}/${service}/${terminator}`, sha256(canonical)].join(
    "\n",
  );
  const calculated = sign(text, expected.secretAccessKey, scope);
  const given = Buffer.from(signature, "hex");
  if (given.length !== calculated.length || !timingSafeEqual(given, calculated)) {
    throw mismatch(
      "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.",
    );
  }
}

const mismatch = (message: string) => new SignatureError("mismatch", message);

function requireScope({ scope, signedAt }: SignatureClaim, { service, regions }: Expected): void {
  if (scope.terminator !== "aws4_request") {
    throw mismatch(`Credential should be scoped with a valid terminator: 'aws4_request', not '${scope.terminator}'.`);
  }
  if (!regions.includes(scope.region)) {
    throw mismatch(`Credential should be scoped to a valid region, not '${scope.region}'. This is '${regions[0]}'.`);
  }
  if (scope.service !== service) throw mismatch(`Credential should be scoped to correct service: '${service}'.`);
  if (scope.date !== signedAt.slice(0, 8)) {
    const dates = `'${scope.date}' != '${signedAt.slice(0, 8)}', from '${signedAt}'.`;
    throw mismatch(
      `Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: ${dates}`,
    );
  }
}

function requireCurrent(
  { signedAt, expiresSeconds }: SignatureClaim,
  { now, skewMinutes = defaultSkewMinutes }: Expected,
): void {
  const skew = skewMinutes * 60_000;
  const time = parseBasic(signedAt);
  if (Number.isNaN(time)) throw mismatch(`There is no such date as ${signedAt}.`);
  if (time > now + skew) {
    const limit = `${formatBasic(now + skew)} (${formatBasic(now)} + ${skewMinutes} min.)`;
    throw new SignatureError("notYetCurrent", `Signature not yet current: ${signedAt} is still later than ${limit}`);
  }
  if (expiresSeconds !== undefined) {
    const end = time + expiresSeconds * 1000;
    if (end >= now) return;
    throw new SignatureError(
      "expired",
      `Signature expired: ${formatBasic(end)} is now earlier than ${formatBasic(now)}`,
    );
  }
  if (time < now - skew) {
    const limit = `${formatBasic(now - skew)} (${formatBasic(now)} - ${skewMinutes} min.)`;
    throw new SignatureError("expired", `Signature expired: ${signedAt} is now earlier than ${limit}`);
  }
}

/** Whoever signs may say that the body is not part of it, but has to sign that too. */
function hashOfPayload({ headers, body }: WireRequest, signedHeaders: readonly string[]): string {
  const stated = headers["x-amz-content-sha256"];
  return stated === "UNSIGNED-PAYLOAD" && signedHeaders.includes("x-amz-content-sha256") ? stated : sha256(body);
}

/** The signature of a text, as `scope` has it. */
export const sign = (text: string, secretAccessKey: string, scope: CredentialScope): Buffer =>
  hmac(signingKey(secretAccessKey, scope), text);

const hmac = (key: string | Uint8Array | KeyObject, text: string) => createHmac("sha256", key).update(text).digest();

/** Keys are the same for a day; deriving one costs as much as the rest of the check. As objects they are used twice as fast. */
const derived = new Map<string, KeyObject>();

function signingKey(secret: string, { date, region, service, terminator }: CredentialScope): KeyObject {
  const name = `${secret}/${date}/${region}/${service}`;
  const known = derived.get(name);
  if (known !== undefined) return known;
  const key = createSecretKey([region, service, terminator].reduce<Buffer>(hmac, hmac(`AWS4${secret}`, date)));
  if (derived.size >= 1000) derived.clear();
  derived.set(name, key);
  return key;
}
