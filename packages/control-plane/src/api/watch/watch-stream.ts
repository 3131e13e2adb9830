import type { Clock } from "../../platform/clock.ts";
import { type Change, RevisionTooOldError, type Snapshot, type Store, type Stored } from "../../store/store.ts";
import type { WatchedKind, WatchQuery } from "./watch-query.ts";

/** Where a stream's text goes. */
export interface Sink {
  /** @returns false if the reader is behind: `drained` says when it no longer is */
  write(text: string): boolean;
  drained(): Promise<void>;
  end(): void;
}

/** A reader that takes nothing for so long, or is so many revisions behind, is cut. */
export const watchLimits = { stuckMs: 30_000, revisionsBehind: 100_000, heartbeatMs: 15_000 } as const;

/** One event of a stream. Source: HTML standard, "Server-sent events". */
const frame = (event: string, data: object, id?: number): string =>
  `${id === undefined ? "" : `id: ${id}\n`}event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;

class SlowReader extends Error {
  override readonly name = "SlowReader";
}

/**
 * What there is, and then every change, as server-sent events: `snapshot`, `resource` for each, `ready`, and then `change` for each.
 * The id of an event is the last revision of which everything was sent before, so that whoever comes back with it misses nothing and
 * may see the changes of one revision again.
 */
export class WatchStream {
  private readonly deps: { readonly store: Store; readonly clock: Clock; readonly sink: Sink };
  private readonly kinds: ReadonlySet<string>;
  private readonly since: number | undefined;
  /** Everything up to here was sent. */
  private complete = 0;
  /** The revision of the change that was seen last. */
  private seen = 0;
  private isIdle = false;

  constructor(
    deps: { readonly store: Store; readonly clock: Clock; readonly sink: Sink },
    { kinds, since }: WatchQuery,
  ) {
    this.deps = deps;
    this.kinds = kinds;
    this.since = since;
  }

  /** Runs until `signal` aborts, the store closes, or the reader is too slow. Never rejects for those. */
  async run(signal: AbortSignal): Promise<void> {
    const { sink } = this.deps;
    const stopBeating = this.beat();
    try {
      await this.follow(signal);
      if (!signal.aborted) sink.write(frame("end", { reason: "The control plane stops." }));
    } catch (error) {
      if (!(error instanceof SlowReader)) throw error;
      sink.write(frame("end", { reason: error.message }));
    } finally {
      stopBeating();
      sink.end();
    }
  }

  private async follow(signal: AbortSignal): Promise<void> {
    const snapshot = this.deps.store.snapshot();
    const changes = this.changesSince(snapshot, signal);
    if (changes === undefined) return this.afresh(snapshot, signal);
    this.complete = this.seen = this.since ?? snapshot.revision;
    await this.send(frame("ready", { revision: this.complete }, this.complete), signal);
    await this.pump(changes, signal);
  }

  /** Undefined if the reader has to be told everything. */
  private changesSince(snapshot: Snapshot, signal: AbortSignal): AsyncIterable<Change> | undefined {
    if (this.since === undefined || this.since > snapshot.revision) return undefined;
    try {
      return this.deps.store.watch(this.since, signal);
    } catch (error) {
      if (!(error instanceof RevisionTooOldError)) throw error;
      return undefined;
    }
  }

  private async afresh(snapshot: Snapshot, signal: AbortSignal): Promise<void> {
    const { revision } = snapshot;
    this.seen = revision;
    const changes = this.deps.store.watch(revision, signal); // first, so that nothing gets lost while the snapshot is sent
    await this.send(frame("snapshot", { revision }), signal);
    for (const kind of this.kinds) {
      for (const stored of snapshot.list(kind as WatchedKind) as readonly Stored[]) {
        if (signal.aborted) return;
        await this.send(frame("resource", shown(stored)), signal);
      }
    }
    this.complete = revision;
    await this.send(frame("ready", { revision }, revision), signal);
    await this.pump(changes, signal);
  }

  private async pump(changes: AsyncIterable<Change>, signal: AbortSignal): Promise<void> {
    this.isIdle = true;
    for await (const { revision, before, after } of changes) {
      this.isIdle = false;
      if (revision > this.seen) this.complete = this.seen;
      this.seen = revision;
      const changed = after ?? before;
      if (changed !== undefined && this.kinds.has(changed.kind)) {
        const { kind, arn } = changed;
        const data = after === undefined ? { kind, arn, revision, value: null } : shown(after);
        await this.send(frame("change", data, this.complete), signal);
      }
      this.isIdle = true;
    }
  }

  private async send(text: string, signal: AbortSignal): Promise<void> {
    const { sink, clock, store } = this.deps;
    if (signal.aborted || sink.write(text)) return;
    const cut = Promise.withResolvers<never>();
    const stop = clock.after(watchLimits.stuckMs, () => cut.reject(new SlowReader("The reader takes nothing.")));
    try {
      await Promise.race([sink.drained(), cut.promise]);
    } finally {
      stop();
    }
    if (store.snapshot().revision - this.seen > watchLimits.revisionsBehind) {
      throw new SlowReader("The reader is too far behind.");
    }
  }

  /** Says now and then how far everything is sent, so that both ends see that the other is there. */
  private beat(): () => void {
    const { clock, sink } = this.deps;
    const tick = () => {
      if (this.isIdle) {
        this.complete = this.seen;
        sink.write(frame("heartbeat", { revision: this.complete }, this.complete));
      }
      callOff = clock.after(watchLimits.heartbeatMs, tick);
    };
    let callOff = clock.after(watchLimits.heartbeatMs, tick);
    return () => callOff();
  }
}

const shown = ({ kind, arn, revision, value }: Stored) => ({ kind, arn, revision, value });
