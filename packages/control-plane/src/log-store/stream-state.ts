import type { Delivery, LogPosition, LogStream } from "./log-store.ts";

/** So many sources' last deliveries are remembered for a stream. */
const mostSources = 8;

/** What is to be kept of a stream when its journal goes. */
export interface StreamState {
  readonly value: LogStream;
  /** The last delivery of each source. */
  readonly deliveries: ReadonlyMap<string, number>;
}

/** What an append put into a stream, in figures. */
export interface Appended {
  readonly first: LogPosition;
  readonly last: LogPosition;
  /** UTF-8 bytes of the messages. */
  readonly bytes: number;
  /** Epoch milliseconds. */
  readonly ingestedAt: number;
}

/** A stream's description after an append. */
export function withEvents(stream: LogStream, { first, last, bytes, ingestedAt }: Appended): LogStream {
  return {
    ...stream,
    firstEventAt: Math.min(stream.firstEventAt ?? Infinity, first.timestamp),
    lastEventAt: Math.max(stream.lastEventAt ?? 0, last.timestamp),
    lastIngestionAt: ingestedAt,
    storedBytes: stream.storedBytes + bytes,
  };
}

/** Notes a delivery as the last one of its source. */
export function noteDelivery(deliveries: Map<string, number>, { source, number }: Delivery): void {
  deliveries.delete(source); // to the end: the one that was silent for longest goes first
  deliveries.set(source, number);
  for (const oldest of deliveries.keys()) {
    if (deliveries.size <= mostSources) return;
    deliveries.delete(oldest);
  }
}
