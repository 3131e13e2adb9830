/** Why a request's signature is not taken. */
export type SignatureFault =
  | "missing"
  | "incomplete"
  | "unknownKey"
  | "expiredToken"
  | "expired"
  | "notYetCurrent"
  | "mismatch";

/** The caller cannot be told, or is not who it claims to be. */
export class SignatureError extends Error {
  override readonly name = "SignatureError";
  readonly fault: SignatureFault;
  constructor(fault: SignatureFault, message: string) {
    super(message);
    this.fault = fault;
  }
}
