import type { Delivery, LogStream, NewLogEvent } from "./log-store.ts";

/** So many sources' last deliveries are remembered for a stream. */
const mostSources = 8;

/** A stream's description after an append. */
export function withEvents(stream: LogStream, events: readonly NewLogEvent[], ingestedAt: number): LogStream {
  let [first, last, bytes] = [stream.firstEventAt ?? Infinity, stream.lastEventAt ?? 0, stream.storedBytes];
  for (const { timestamp, message } of events) {
    first = Math.min(first, timestamp);
    last = Math.max(last, timestamp);
    bytes += Buffer.byteLength(message);
  }
  return { ...stream, firstEventAt: first, lastEventAt: last, lastIngestionAt: ingestedAt, storedBytes: bytes };
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
