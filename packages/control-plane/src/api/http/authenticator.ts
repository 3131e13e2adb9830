import type { Caller } from "../operation-context.ts";
import type { WireRequest } from "../wire/protocol.ts";

/** What a request has to be signed for. */
export interface SignedFor {
  /** As `ecs`. */
  readonly signingName: string;
}

/** Says who sent a request. @throws SignatureError */
export type Authenticator = (request: WireRequest, signedFor: SignedFor) => Promise<Caller>;
