import { X509Certificate } from "node:crypto";
import { connect, type DetailedPeerCertificate } from "node:tls";
import { UserError } from "../terminal/user-error.ts";

const timeoutMs = 10_000;

/** A certificate's SHA-256 as people pass it on: `SHA256:` and 64 hexadecimal digits. */
export const fingerprintOf = (pem: string): string =>
  `SHA256:${new X509Certificate(pem).fingerprint256.replaceAll(":", "").toLowerCase()}`;

/** The 64 digits of a fingerprint, however it is written. @throws UserError */
export function readFingerprint(text: string): string {
  const digits = text
    .replace(/^sha-?256[:=]/i, "")
    .replaceAll(":", "")
    .toLowerCase();
  if (!/^[0-9a-f]{64}$/.test(digits)) {
    throw new UserError(`A fingerprint has 64 hexadecimal digits, as SHA256:1f6b…; ${text} is none.`);
  }
  return digits;
}

/**
 * Gets the authority with this fingerprint from the server that shows it, which is trusted for nothing else: whoever
 * stands in between can show another one, but none with the same fingerprint.
 * @returns its certificate, PEM @throws UserError if the server does not show it
 */
export async function fetchAuthority(endpoint: URL, fingerprint: string): Promise<string> {
  const wanted = readFingerprint(fingerprint);
  const chain = await chainOf(endpoint);
  const found = chain.find((certificate) => fingerprintOf(certificate) === `SHA256:${wanted}`);
  if (found !== undefined) return found;
  throw new UserError(
    `${endpoint.origin} does not show the authority SHA256:${wanted}.\n` +
      "Compare with `./hatoba activation create` there: either it is another house, or somebody stands in between.",
  );
}

/** The certificates that a server shows, its own first. */
async function chainOf({ hostname, port, origin }: URL): Promise<readonly string[]> {
  const { promise, resolve, reject } = Promise.withResolvers<DetailedPeerCertificate>();
  const socket = connect({
    host: hostname.replace(/^\[(.*)\]$/, "$1"),
    port: Number(port || 443),
    rejectUnauthorized: false, // nothing is said on it; the fingerprint decides
  });
  socket.once("secureConnect", () => resolve(socket.getPeerCertificate(true)));
  socket.once("error", reject);
  socket.setTimeout(timeoutMs, () => reject(new Error(`no answer within ${timeoutMs / 1000} s`)));
  try {
    const certificates: string[] = [];
    for (let at: DetailedPeerCertificate | undefined = await promise; at?.raw !== undefined; ) {
      certificates.push(new X509Certificate(at.raw).toString());
      at = at.issuerCertificate === at ? undefined : at.issuerCertificate; // an authority vouches for itself
    }
    return certificates;
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new UserError(`${origin} does not answer with TLS: ${why}`, { cause });
  } finally {
    socket.destroy();
  }
}
