import type { Expression } from "../../platform/linear-expression.ts";
import type { LogLine, LogPosition } from "../../runtime/container-runtime.ts";
import { batchLimits, sizeOf, splitMessage } from "./log-batches.ts";
import type { LogEvent } from "./log-sink.ts";

/**
 * Makes events out of lines. With a pattern, a line that matches starts an event and the lines after it belong to it, until the
 * next match, until it is as long as an event may be, or until `flush`. Lines without any text make no event: CloudWatch Logs
 * takes none.
 */
export class EventAssembler {
  readonly #startOfEvent: Expression | undefined;
  #open: { timestamp: number; lines: string[]; bytes: number } | undefined;
  #ready: LogEvent[] = [];
  #readyBytes = 0;
  #position: LogPosition | undefined;
  /** Of the last line that is complete in `#ready` or before. */
  #readyPosition: LogPosition | undefined;

  constructor(startOfEvent?: Expression) {
    this.#startOfEvent = startOfEvent;
  }

  /** Size of what `take` would give, as CloudWatch Logs counts. */
  get readyBytes(): number {
    return this.#readyBytes;
  }
  get hasReady(): boolean {
    return this.#readyPosition !== undefined;
  }
  /** Whether lines wait for an event to be complete. */
  get hasOpen(): boolean {
    return this.#open !== undefined;
  }

  add({ text, time, position }: LogLine): void {
    const bytes = Buffer.byteLength(text) + 1;
    const isFull = (this.#open?.bytes ?? 0) + bytes > batchLimits.eventBytes - batchLimits.eventOverhead;
    if (this.#startOfEvent === undefined || isFull || this.#startOfEvent.test(text)) this.flush();
    this.#position = position;
    if (this.#open === undefined) this.#open = { timestamp: time, lines: [text], bytes };
    else {
      this.#open.lines.push(text);
      this.#open.bytes += bytes;
    }
    if (this.#startOfEvent === undefined) this.flush();
  }

  /** Takes the open event for complete. */
  flush(): void {
    if (this.#open === undefined) return;
    const { timestamp, lines } = this.#open;
    this.#open = undefined;
    const message = lines.join("\n");
    if (message !== "") {
      const events = splitMessage(message).map((part) => ({ timestamp, message: part }));
      this.#ready.push(...events);
      for (const event of events) this.#readyBytes += sizeOf(event);
    }
    this.#readyPosition = this.#position;
  }

  /** The complete events, in the order of the lines, and the place in the output that they reach to. */
  take(): { readonly events: readonly LogEvent[]; readonly position: LogPosition } | undefined {
    if (this.#readyPosition === undefined) return undefined;
    const taken = { events: this.#ready, position: this.#readyPosition };
    this.#ready = [];
    this.#readyBytes = 0;
    this.#readyPosition = undefined;
    return taken;
  }
}
