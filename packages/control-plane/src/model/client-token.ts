/** What a call with a clientToken made, so that the same call answers the same; keyed `OPERATION/CLUSTER/TOKEN`. */
export interface ClientToken {
  readonly operation: string;
  /** SHA-256 of the call's other parameters. */
  readonly requestHash: string;
  readonly arns: readonly string[];
  /** Epoch milliseconds after which it is forgotten. */
  readonly expiresAt: number;
}
