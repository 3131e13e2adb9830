import { type CredentialScope, parseCredential } from "./credential-scope.ts";
import type { WireRequest } from "./protocol.ts";
import { SignatureError } from "./signature-error.ts";

/** Who a request says it is from, and what it offers as proof. */
export interface SignatureClaim {
  readonly scope: CredentialScope;
  /** In lower case, sorted as the signer sorted them. */
  readonly signedHeaders: readonly string[];
  /** Hexadecimal. */
  readonly signature: string;
  /** As `20260101T000000Z`. */
  readonly signedAt: string;
  readonly sessionToken?: string;
  /** For how long it holds; of presigned requests only. */
  readonly expiresSeconds?: number;
}

const algorithm = "AWS4-HMAC-SHA256";

/** Reads the Authorization header, or the query string of a presigned request. @throws SignatureError missing or incomplete */
export function parseClaim({ headers, query }: Pick<WireRequest, "headers" | "query">): SignatureClaim {
  const authorization = headers.authorization;
  if (typeof authorization === "string") return claimInHeader(authorization, headers);
  const members = new URLSearchParams(query);
  if (members.has("X-Amz-Algorithm") || members.has("X-Amz-Signature")) return claimInQuery(members);
  throw new SignatureError("missing", "Missing Authentication Token");
}

const incomplete = (message: string) => new SignatureError("incomplete", message);

function claimInHeader(authorization: string, headers: WireRequest["headers"]): SignatureClaim {
  const space = authorization.indexOf(" ");
  if (authorization.slice(0, space) !== algorithm)
    throw incomplete(`Authorization header requires the algorithm ${algorithm}.`);
  const members = new Map(
    authorization
      .slice(space + 1)
      .split(",")
      .map((member) => {
        const equals = member.indexOf("=");
        return [member.slice(0, equals).trim(), member.slice(equals + 1).trim()] as const;
      }),
  );
  const date = headers["x-amz-date"] ?? headers.date;
  const signedAt = typeof date === "string" ? basicDate(date) : undefined;
  const lacks = ["Credential", "Signature", "SignedHeaders"]
    .filter((name) => !members.get(name))
    .map((name) => `Authorization header requires '${name}' parameter. `);
  if (signedAt === undefined) {
    lacks.push("Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. ");
  }
  if (lacks.length > 0 || signedAt === undefined) throw incomplete(`${lacks.join("")}Authorization=${algorithm}`);
  const token = headers["x-amz-security-token"];
  return {
    scope: requireScope(members.get("Credential") ?? ""),
    signedHeaders: (members.get("SignedHeaders") ?? "").toLowerCase().split(";"),
    signature: members.get("Signature") ?? "",
    signedAt,
    ...(typeof token === "string" ? { sessionToken: token } : {}),
  };
}

function claimInQuery(members: URLSearchParams): SignatureClaim {
  const names = ["Algorithm", "Credential", "Date", "Expires", "SignedHeaders", "Signature"].map(
    (name) => `X-Amz-${name}`,
  );
  const lacks = names.filter((name) => !members.get(name));
  if (lacks.length > 0)
    throw incomplete(`AWS query-string parameters must include ${lacks.map((name) => `'${name}'`).join(", ")}.`);
  const value = (name: string) => members.get(`X-Amz-${name}`) ?? "";
  if (value("Algorithm") !== algorithm) throw incomplete(`X-Amz-Algorithm has to be ${algorithm}.`);
  const signedAt = basicDate(value("Date"));
  if (signedAt === undefined) throw incomplete("X-Amz-Date must be in ISO8601 'basic format', as 20260101T000000Z.");
  const expiresSeconds = Number(value("Expires"));
  if (!Number.isInteger(expiresSeconds) || expiresSeconds < 1 || expiresSeconds > 604_800) {
    throw incomplete("X-Amz-Expires must be between 1 and 604800 seconds.");
  }
  const token = members.get("X-Amz-Security-Token");
  return {
    scope: requireScope(value("Credential")),
    signedHeaders: value("SignedHeaders").toLowerCase().split(";"),
    signature: value("Signature"),
    signedAt,
    expiresSeconds,
    ...(token === null ? {} : { sessionToken: token }),
  };
}

function requireScope(credential: string): CredentialScope {
  const scope = parseCredential(credential);
  if (scope !== undefined) return scope;
  throw incomplete(
    `Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, got '${credential}'`,
  );
}

/** The date in basic form, whether it came so or as an HTTP date; undefined if it is neither. */
function basicDate(text: string): string | undefined {
  if (/^\d{8}T\d{6}Z$/.test(text)) return text;
  const time = text.endsWith("GMT") ? Date.parse(text) : Number.NaN;
  return Number.isNaN(time) ? undefined : formatBasic(time);
}

/** Epoch milliseconds as `20260101T000000Z`. */
export const formatBasic = (time: number): string => new Date(time).toISOString().replace(/[-:]|\.\d+/g, "");

/** `20260101T000000Z` as epoch milliseconds; NaN if there is no such moment. */
export function parseBasic(text: string): number {
  if (text !== parsed.text) {
    parsed = { text, time: Date.parse(text.replace(/^(\d{4})(\d\d)(\d\dT\d\d)(\d\d)(\d\dZ)$/, "$1-$2-$3:$4:$5")) };
  }
  return parsed.time;
}

/** The last one: requests of one second bear the same. */
let parsed = { text: "", time: Number.NaN };
