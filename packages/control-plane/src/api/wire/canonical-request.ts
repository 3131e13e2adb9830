import { hash } from "node:crypto";
import type { WireRequest } from "./protocol.ts";

/** SHA-256 in lower-case hexadecimal. */
export const sha256 = (data: Uint8Array | string): string => hash("sha256", data);

/**
 * The text that a signature is over: method, path, query, the signed headers and the body's hash, each in the one form
 * that signer and verifier agree on. Source: IAM user guide, "Create a signed AWS API request".
 */
export function canonicalRequest(
  { method, path, query, headers }: Omit<WireRequest, "body">,
  signedHeaders: readonly string[],
  { payloadHash, pathAsItStands = false }: { readonly payloadHash: string; readonly pathAsItStands?: boolean },
): string {
  const lines = signedHeaders.map((name) => `${name}:${canonicalValue(headers[name])}\n`);
  const parts = [
    method,
    pathAsItStands ? path.split("/").map(reencodePath).join("/") : canonicalPath(path),
    canonicalQuery(query),
    lines.join(""),
    signedHeaders.join(";"),
    payloadHash,
  ];
  return parts.join("\n");
}

const canonicalValue = (value: string | readonly string[] | undefined) =>
  (typeof value === "string" ? value : (value ?? []).join(",")).trim().replace(/\s+/g, " ");

/** A segment of S3's, where a plus is a plus. */
function reencodePath(segment: string): string {
  try {
    return encode(decodeURIComponent(segment));
  } catch {
    return segment;
  }
}

/** The path is encoded once more than it already is, which all services but S3 do. */
function canonicalPath(path: string): string {
  if (path === "/" || path === "") return "/";
  const kept: string[] = [];
  for (const segment of path.split("/")) {
    if (segment === "..") kept.pop();
    else if (segment !== "" && segment !== ".") kept.push(encode(segment));
  }
  return `/${kept.join("/")}${kept.length > 0 && path.endsWith("/") ? "/" : ""}`;
}

/** Sorted by encoded name, then value. A presigned request's own signature is left out. */
function canonicalQuery(query: string): string {
  if (query === "") return "";
  return query
    .split("&")
    .filter((pair) => pair !== "")
    .map((pair) => {
      const equals = pair.indexOf("=");
      const name = reencode(equals < 0 ? pair : pair.slice(0, equals));
      return { name, value: equals < 0 ? "" : reencode(pair.slice(equals + 1)) };
    })
    .filter(({ name }) => name !== "X-Amz-Signature")
    .toSorted((a, b) => compare(a.name, b.name) || compare(a.value, b.value))
    .map(({ name, value }) => `${name}=${value}`)
    .join("&");
}

const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);

/** All but letters, digits and `-_.~`. */
const encode = (text: string) =>
  encodeURIComponent(text).replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);

/** Clients differ in what they leave bare in a query; a plus is a space. What is no encoding at all is taken as it stands. */
function reencode(text: string): string {
  const spaced = text.replaceAll("+", "%20");
  try {
    return encode(decodeURIComponent(spaced));
  } catch {
    return encode(spaced);
  }
}
