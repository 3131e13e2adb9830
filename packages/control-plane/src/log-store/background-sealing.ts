import { join } from "node:path";
import type { Logger } from "../platform/logger.ts";
import type { Catalogue, KnownGroup, Segment } from "./catalogue.ts";
import type { FlushQueue } from "./flush-queue.ts";
import type { FreshJournal } from "./fresh/fresh-journal.ts";
import type { Journal } from "./journal/journal.ts";
import { planMerge } from "./seal/plan-merge.ts";
import { type SealedSegment, type SealWork, segmentName } from "./seal/seal-work.ts";
import type { Sealer } from "./seal/sealer.ts";
import type { FileReaper } from "./segments/file-reaper.ts";
import { readBlockList } from "./segments/segment-file.ts";

interface Deps {
  readonly directory: string;
  readonly catalogue: Catalogue;
  readonly journal: Journal;
  /** Oldest first; the last one is being written to and is left alone. Sealed ones are taken out. */
  readonly fresh: FreshJournal[];
  readonly reaper: FileReaper;
  readonly queue: FlushQueue;
  readonly sealer: Sealer;
  readonly logger: Logger;
  readonly onFatal: (error: Error) => void;
}

/** Complete journals that may wait for the sealer before whoever appends has to wait. */
const mostWaiting = 3;
/** So many streams' descriptions are one change, so that none takes long. */
const streamsAtOnce = 100;
/** Sealing that fails as often in a row will not succeed. */
const mostFailures = 5;

/**
 * Turns complete journals into segments, merges small segments, and rewrites those that have events of streams that are gone: one
 * thing at a time, each taking effect by one change of the catalogue.
 */
export class BackgroundSealing {
  readonly #deps: Deps;
  #running: Promise<void> | undefined;
  #isClosed = false;
  #isWanted = false;
  #failures = 0;
  readonly #days = new Set<string>();
  #waiters: (() => void)[] = [];

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** There may be something to do. */
  wake(): void {
    this.#isWanted = true;
    if (!this.#isClosed) this.#running ??= this.#run();
  }

  /** Resolves once there is nothing to do. */
  async settled(): Promise<void> {
    while (this.#running !== undefined) await this.#running;
  }

  /** Whether so many journals wait that no more may come. */
  get isFull(): boolean {
    return this.#deps.fresh.length > mostWaiting + 1 && !this.#isClosed;
  }

  /** Resolves when there is room for more fresh events. */
  async room(): Promise<void> {
    while (this.isFull) {
      await new Promise<void>((resolve) => this.#waiters.push(resolve));
    }
  }

  /** Lets go of what is under way: it has not taken effect. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#letIn();
    await this.#deps.sealer.close();
    await this.#running;
  }

  async #run(): Promise<void> {
    await Promise.resolve(); // so that `#running` is set
    try {
      while (this.#isWanted) {
        this.#isWanted = false;
        while (!this.#isClosed && (await this.#step())) this.#failures = 0;
      }
    } catch (error) {
      if (!this.#isClosed) this.#handle(error);
    } finally {
      this.#running = undefined;
    }
  }

  #handle(error: unknown): void {
    this.#deps.logger.error({ err: error }, "log events could not be sealed");
    if (++this.#failures < mostFailures) setTimeout(() => this.wake(), 1_000 * this.#failures).unref();
    else this.#deps.onFatal(error instanceof Error ? error : new Error(String(error)));
  }

  /** @returns whether there was something to do */
  async #step(): Promise<boolean> {
    const { fresh, catalogue } = this.#deps;
    const [journal] = fresh;
    if (journal !== undefined && fresh.length > 1) {
      await this.#seal(journal);
      return true;
    }
    for (const group of catalogue.byId.values()) {
      if (group.goneStreams.size === 0) continue;
      await this.#purge(group);
      return true;
    }
    for (const day of this.#days) {
      this.#days.delete(day);
      const [groupId, number] = day.split(" ").map(Number);
      const group = catalogue.byId.get(groupId ?? 0);
      const merged = planMerge([...(group?.segments.values() ?? [])].filter((segment) => segment.day === number));
      if (group === undefined || merged.length === 0) continue;
      await this.#rewrite(group, merged);
      return true;
    }
    return false;
  }

  async #seal(journal: FreshJournal): Promise<void> {
    const { catalogue, fresh, queue } = this.#deps;
    const keep = [...journal.groups].flatMap(([groupId, { streamIds }]) => {
      const group = catalogue.byId.get(groupId);
      if (group === undefined) return [];
      return { groupId, floors: group.floors, goneStreams: [...streamIds].filter((id) => !group.names.has(id)) };
    });
    const sealed = await this.#carryOut({ journal: journal.path }, keep);
    await this.#saveStreams(journal);
    const strangers = await queue.add({
      inCatalogue: true,
      run: () => {
        const left = this.#admit(sealed);
        const nextSequence = Math.max(catalogue.progress.nextSequence, journal.lastSequence + 1);
        catalogue.saveProgress({ ...catalogue.progress, sealedJournal: journal.number, nextSequence });
        fresh.splice(fresh.indexOf(journal), 1);
        return left;
      },
    });
    await this.#deps.journal.remove(journal.number);
    this.#deps.reaper.remove(strangers);
    this.#letIn();
  }

  /** A few at a time: each says by itself how far it goes, so the journal may be read again after some of them. */
  async #saveStreams(journal: FreshJournal): Promise<void> {
    const { catalogue, queue } = this.#deps;
    const states = [...journal.states];
    for (let at = 0; at < states.length; at += streamsAtOnce) {
      await queue.add({
        inCatalogue: true,
        weight: streamsAtOnce,
        run: () => {
          // Of one that is gone by now there is no row.
          for (const [id, state] of states.slice(at, at + streamsAtOnce))
            catalogue.saveStream(id, state, journal.number);
        },
      });
    }
  }

  /** Rewrites segments that have events of streams that are gone. */
  async #purge(group: KnownGroup): Promise<void> {
    const gone = [...group.goneStreams];
    for (const segment of group.segments.values()) {
      if (this.#isClosed) return;
      if (!group.segments.has(segment.id) || !(await this.#hasStream(segment, new Set(gone)))) continue;
      await this.#rewrite(group, [segment]);
    }
    await this.#deps.queue.add({
      inCatalogue: true,
      run: () => {
        if (this.#deps.catalogue.byId.get(group.id) === group) this.#deps.catalogue.forgetStreams(group, gone);
      },
    });
  }

  async #hasStream(segment: Segment, ids: ReadonlySet<number>): Promise<boolean> {
    const release = this.#deps.reaper.hold();
    try {
      const blocks = await readBlockList(this.#pathOf(segment));
      return blocks.some(({ streamIds }) => streamIds.some((id) => ids.has(id)));
    } finally {
      release();
    }
  }

  async #rewrite(group: KnownGroup, segments: readonly Segment[]): Promise<void> {
    const { catalogue, queue, reaper } = this.#deps;
    const release = reaper.hold();
    try {
      const keep = { groupId: group.id, floors: group.floors, goneStreams: [...group.goneStreams] };
      const written = await this.#carryOut({ segments: segments.map((segment) => this.#pathOf(segment)) }, [keep]);
      const useless = await queue.add({
        inCatalogue: true,
        run: () => {
          // One that was evicted or expired meanwhile must not come back.
          const isAsBefore =
            segments.every(({ id }) => group.segments.has(id)) && catalogue.byId.get(group.id) === group;
          if (!isAsBefore) return written;
          for (const { id } of segments) catalogue.removeSegment(group, id);
          this.#admit(written);
          return segments;
        },
      });
      reaper.remove(useless.map((segment) => this.#pathOf(segment)));
    } finally {
      release();
    }
  }

  #carryOut(from: SealWork["from"], keep: SealWork["keep"]): Promise<readonly SealedSegment[]> {
    const { sealer, directory, catalogue } = this.#deps;
    return sealer.seal({ from, keep, directory, nextId: catalogue.progress.nextSegment });
  }

  /** @returns paths of those whose group is gone */
  #admit(segments: readonly SealedSegment[]): readonly string[] {
    const { catalogue } = this.#deps;
    const nextSegment = Math.max(catalogue.progress.nextSegment, ...segments.map(({ id }) => id + 1));
    catalogue.saveProgress({ ...catalogue.progress, nextSegment });
    return segments.flatMap((segment) => {
      const group = catalogue.byId.get(segment.groupId);
      if (group === undefined) return [this.#pathOf(segment)];
      catalogue.addSegment(group, segment);
      this.#days.add(`${segment.groupId} ${segment.day}`);
      return [];
    });
  }

  #letIn(): void {
    const waiters = this.#waiters;
    this.#waiters = [];
    for (const resolve of waiters) resolve();
  }

  #pathOf(segment: Parameters<typeof segmentName>[0]): string {
    return join(this.#deps.directory, segmentName(segment));
  }
}
