import type { OperationSchema } from "./operation-schema.ts";

/** One HTTP request as the wire code sees it: whole, and free of any server library. */
export interface WireRequest {
  readonly method: string;
  /** As sent: still percent-encoded, without the query. */
  readonly path: string;
  /** As sent, without the question mark. */
  readonly query: string;
  /** Names in lower case; a header given several times is a list. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** As sent: still compressed if Content-Encoding says so. */
  readonly body: Uint8Array;
  /** Whom the connection is with. */
  readonly remoteAddress?: string;
}

export interface WireResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Bytes that come bit by bit are an event stream. */
  readonly body: string | AsyncIterable<Uint8Array>;
}

/** A failure as it goes onto the wire. */
export interface WireError {
  /** What the caller tells errors apart by, as `ClusterNotFoundException`. */
  readonly name: string;
  readonly message: string;
  readonly status: number;
  /** What the query protocol calls it, for JSON services that once spoke that. */
  readonly queryCode?: string;
  /** Further members of the error's shape. */
  readonly members?: Readonly<Record<string, unknown>>;
}

export type ProtocolName = "awsJson1_0" | "awsJson1_1" | "awsQuery" | "ec2Query" | "restJson1";

/** Turns bytes into typed input and back for one of AWS's protocols, and does nothing else. */
export interface Protocol {
  readonly name: ProtocolName;
  /**
   * The input in the SDK's shape, not yet checked against limits. Unknown members are left out.
   * @throws BadInput if it cannot be read at all
   */
  parseInput(request: ParsedRequest, schema: OperationSchema): Record<string, unknown>;
  writeOutput(output: Readonly<Record<string, unknown>>, schema: OperationSchema, requestId: string): WireResponse;
  writeError(error: WireError, requestId: string): WireResponse;
}

/** A request whose body has been decompressed and whose form, if it is one, has been taken apart. */
export interface ParsedRequest {
  readonly body: Uint8Array;
  /** Members of the form or the query string. */
  readonly form?: Form;
  /** What the path says, by label, decoded. REST protocols only, as are the next two. */
  readonly labels?: Readonly<Record<string, string>>;
  readonly query?: string;
  readonly headers?: WireRequest["headers"];
}

/** Form members in the order given. */
export type Form = readonly (readonly [name: string, value: string])[];
