import type { ObjectStore } from "../../object-store/object-store.ts";
import type { Clock } from "../../platform/clock.ts";
import type { IdSource } from "../../platform/ids.ts";
import type { Settings } from "../../settings.ts";
import type { Caller } from "../operation-context.ts";
import type { OperationSchema } from "../wire/operation-schema.ts";

/** A call of S3 as its operations see it. */
export interface S3Request {
  readonly method: string;
  /** Empty where the call has none, as ListBuckets. */
  readonly bucket: string;
  /** Decoded; empty where the call has none. */
  readonly key: string;
  readonly query: URLSearchParams;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** As it was sent, freed of its chunks; read once. What is wrong with it is thrown while it is read. */
  readonly body: Body;
  readonly caller: Caller;
  /** As `http://127.0.0.1:4577/bucket`: where the bucket is, as the caller came to it. */
  readonly bucketUrl: string;
}

export interface Body {
  /** In bytes, as the caller stated it. */
  readonly length: number | undefined;
  stream(): AsyncIterable<Uint8Array>;
  /** Checksums that came behind the body, once that is read; names in lower case. */
  readonly trailers: ReadonlyMap<string, string>;
  /** The names of those that are to come. */
  readonly announced: readonly string[];
}

export interface S3Answer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string | number | undefined>>;
  /** XML, or bytes with their number stated in the headers. */
  readonly body?: string | AsyncIterable<Uint8Array>;
}

export interface S3Context {
  readonly objects: ObjectStore;
  readonly clock: Clock;
  readonly ids: IdSource;
  readonly settings: Settings;
  /** Of the SDK: how answers and bodies of requests are written. */
  readonly schema: (operation: string) => OperationSchema | undefined;
  /** Throws if the caller may not do this. */
  readonly requireRight: (operation: string, input: Readonly<Record<string, unknown>>) => void;
}

/** One operation. @throws S3Error */
export type S3Operation = (request: S3Request, context: S3Context) => Promise<S3Answer>;
