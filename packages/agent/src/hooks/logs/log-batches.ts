import type { LogEvent } from "./log-sink.ts";

/** Limits of one PutLogEvents call. Source: CloudWatch Logs API reference, PutLogEvents. */
export const batchLimits = {
  /** Sum over the events of the message's UTF-8 bytes and `eventOverhead`. */
  bytes: 1_048_576,
  events: 10_000,
  /** Between the first and the last, in milliseconds. */
  span: 24 * 60 * 60 * 1000,
  eventOverhead: 26,
  /** One event with its overhead, in bytes. */
  eventBytes: 256 * 1024,
} as const;

/** What an event counts towards `batchLimits.bytes`. */
export function sizeOf({ message }: LogEvent): number {
  return Buffer.byteLength(message) + batchLimits.eventOverhead;
}

/** Cuts a message that is too long for one event into several, between characters. */
export function splitMessage(message: string): readonly string[] {
  const limit = batchLimits.eventBytes - batchLimits.eventOverhead;
  const bytes = Buffer.from(message);
  if (bytes.length <= limit) return [message];
  const parts: string[] = [];
  for (let at = 0; at < bytes.length; ) {
    let end = Math.min(at + limit, bytes.length);
    // Bytes of the form 10…… go on with the character before them.
    while (end < bytes.length && ((bytes[end] ?? 0) & 0xc0) === 0x80) end--;
    parts.push(bytes.toString("utf8", at, end));
    at = end;
  }
  return parts;
}

/** How many of the events, in order of time and from the first on, fit into one call. At least one of a list that has any. */
export function countThatFits(events: readonly LogEvent[]): number {
  const first = events[0]?.timestamp ?? 0;
  let bytes = 0;
  for (const [at, event] of events.entries()) {
    bytes += sizeOf(event);
    const fits = bytes <= batchLimits.bytes && at < batchLimits.events && event.timestamp - first < batchLimits.span;
    if (!fits) return Math.max(1, at);
  }
  return events.length;
}
