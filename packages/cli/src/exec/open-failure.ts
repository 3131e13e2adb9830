/** What a failed call has that its text is made of. */
interface Failure {
  readonly name: string;
  readonly message: string;
  /** Of Node.js: why there is no connection, or none that is trusted. */
  readonly code?: unknown;
  /** Of the SDK: set if the API has answered. */
  readonly $fault?: unknown;
}

const untrusted = new Set([
  "SELF_SIGNED_CERT_IN_CHAIN",
  "DEPTH_ZERO_SELF_SIGNED_CERT",
  "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
  "UNABLE_TO_GET_ISSUER_CERT",
  "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
]);

/**
 * What a user is told of a call that has failed; undefined for what no user can change.
 * @param endpoint where the call went
 */
export function openFailure(error: unknown, endpoint: string): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const { name, message, code, $fault }: Failure = error;
  if ($fault !== undefined) return `${name}: ${message}`;
  if (typeof code !== "string") return undefined;
  if (untrusted.has(code)) {
    return (
      `The certificate of ${endpoint} is not trusted: ${message}.\n` +
      "Let NODE_EXTRA_CA_CERTS name the file of its authority (at the house: tls/ca.pem in its data directory)."
    );
  }
  if (code === "ERR_TLS_CERT_ALTNAME_INVALID" || code === "CERT_HAS_EXPIRED")
    return `The certificate of ${endpoint} does not hold: ${message}.`;
  return /^E(?!RR_)[A-Z_]+$/.test(code) ? `${endpoint} cannot be reached: ${message || code}.` : undefined;
}
