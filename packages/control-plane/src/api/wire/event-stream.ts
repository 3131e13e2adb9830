import { EventStreamCodec } from "@smithy/core/event-streams";
import type { NormalizedSchema } from "@smithy/core/schema";

/** One event of a stream: its name in the stream's union, and what it says. */
export type StreamedEvent = Readonly<Record<string, unknown>>;

/** An event that is a failure of the stream, as its union names it; nothing comes behind it. */
export class StreamFailure extends Error {
  /** As `SessionTimeoutException`. */
  readonly member: string;

  constructor(member: string, message: string) {
    super(message);
    this.member = member;
  }
}

const utf8 = new TextEncoder();
const codec = new EventStreamCodec(
  (input) => (typeof input === "string" ? input : Buffer.from(input as Uint8Array).toString()),
  (input) => utf8.encode(input),
);

const text = (value: string) => ({ type: "string" as const, value });
const frame = (headers: Readonly<Record<string, string>>, body: string): Uint8Array =>
  codec.encode({
    headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, text(value)])),
    body: utf8.encode(body),
  });

export const eventStreamType = "application/vnd.amazon.eventstream";

/**
 * The bytes of an event stream whose payloads are JSON: `initial-response`, then every event. Ends when the events do; a
 * `StreamFailure` becomes the exception it names, anything else a bare error.
 * Source: Smithy specification, "Amazon Event Stream"; AWS JSON 1.1, "Event streams".
 * @param union of the events
 */
export async function* eventStreamBody(
  events: AsyncIterable<StreamedEvent>,
  union: NormalizedSchema,
  writeJson: (schema: NormalizedSchema, value: Readonly<Record<string, unknown>>) => string,
): AsyncGenerator<Uint8Array> {
  const json = { ":content-type": "application/json" };
  yield frame({ ":message-type": "event", ":event-type": "initial-response", ...json }, "{}");
  try {
    for await (const event of events) {
      const [name = "", value] = Object.entries(event)[0] ?? [];
      const body = writeJson(union.getMemberSchema(name), value as Readonly<Record<string, unknown>>);
      yield frame({ ":message-type": "event", ":event-type": name, ...json }, body);
    }
  } catch (error) {
    if (!(error instanceof StreamFailure)) {
      yield frame(
        { ":message-type": "error", ":error-code": "InternalFailure", ":error-message": "Hatoba failed." },
        "",
      );
      throw error;
    }
    const { member, message } = error;
    yield frame({ ":message-type": "exception", ":exception-type": member, ...json }, JSON.stringify({ message }));
  }
}
