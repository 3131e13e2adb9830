import type { LogStore, NewLogEvent } from "../log-store/log-store.ts";
import type { Clock } from "../platform/clock.ts";
import type { Logger } from "../platform/logger.ts";
import type { SessionSettings } from "../settings.ts";
import { Deadlines } from "./deadlines.ts";
import { TerminalText } from "./terminal-text.ts";

/** Bytes that may wait for the log store; a session is held up beyond it. */
const mostPending = 1024 * 1024;
const batchBytes = 128 * 1024;
const flushAfterMs = 1_000;

export interface TranscriptTarget {
  readonly group: string;
  /** The session's id. */
  readonly stream: string;
}

/**
 * What a session's terminal showed, line by line in a log stream while it runs. It needs a bounded memory, and a session
 * that ends with the control plane has left what it showed.
 */
export class Transcript {
  private readonly deps: {
    readonly logStore: LogStore;
    readonly clock: Clock;
    readonly logger: Logger;
    readonly transcript: SessionSettings["transcript"];
  };
  private readonly target: TranscriptTarget;
  private readonly text = new TerminalText();
  private readonly raw = new TextDecoder();
  private rest = "";
  private batch: NewLogEvent[] = [];
  private batched = 0;
  private pending = 0;
  private written: Promise<void>;
  private readonly deadlines: Deadlines<"flush">;
  private readonly onRoom: () => void;

  /** @param onRoom called when more may be written after `isFull` */
  constructor(target: TranscriptTarget, deps: Transcript["deps"], onRoom: () => void) {
    this.target = target;
    this.deps = deps;
    this.onRoom = onRoom;
    this.deadlines = new Deadlines(deps.clock);
    this.written = this.attempt(async () => {
      await deps.logStore.createStream(target.group, target.stream, deps.clock.now());
    });
  }

  get isFull(): boolean {
    return this.pending >= mostPending;
  }

  write(bytes: Uint8Array): void {
    this.add(this.deps.transcript === "plain" ? this.text.write(bytes) : this.rawLines(bytes));
  }

  /** Resolves when everything is in the log store. */
  async end(): Promise<void> {
    const left = this.rest + this.raw.decode();
    this.add(this.deps.transcript === "plain" ? this.text.end() : left === "" ? [] : [left]);
    this.flush();
    await this.written;
  }

  private rawLines(bytes: Uint8Array): readonly string[] {
    const lines = (this.rest + this.raw.decode(bytes, { stream: true })).split("\n");
    this.rest = lines.pop() ?? "";
    if (this.rest.length < batchBytes) return lines;
    const long = this.rest;
    this.rest = "";
    return [...lines, long];
  }

  private add(lines: readonly string[]): void {
    const timestamp = this.deps.clock.now();
    for (const message of lines) {
      if (message === "") continue; // a log event has at least one character
      this.batch.push({ timestamp, message });
      const bytes = Buffer.byteLength(message) + 26;
      this.batched += bytes;
      this.pending += bytes;
    }
    if (this.batched >= batchBytes) this.flush();
    else if (this.batched > 0 && !this.deadlines.has("flush")) {
      this.deadlines.set("flush", timestamp + flushAfterMs, () => this.flush());
    }
  }

  private flush(): void {
    this.deadlines.clear("flush");
    if (this.batch.length === 0) return;
    const [events, bytes, before] = [this.batch, this.batched, this.written];
    this.batch = [];
    this.batched = 0;
    this.written = this.attempt(async () => {
      await before;
      const { logStore, clock } = this.deps;
      const { group, stream } = this.target;
      if (!(await logStore.append(group, stream, events, clock.now()))) throw new Error("The log stream is gone.");
    }).finally(() => {
      const wasFull = this.isFull;
      this.pending -= bytes;
      if (wasFull && !this.isFull) this.onRoom();
    });
  }

  private async attempt(write: () => Promise<void>): Promise<void> {
    try {
      await write();
    } catch (error) {
      this.deps.logger.error({ err: error, logGroup: this.target.group }, "transcript not kept");
    }
  }
}
