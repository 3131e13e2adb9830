import { join } from "node:path";
import type { Logger } from "../platform/logger.ts";
import { inTransaction } from "../platform/sqlite-database.ts";
import { BackgroundSealing } from "./background-sealing.ts";
import { encodeBlock, messagesOf } from "./blocks/block.ts";
import { Catalogue, type KnownGroup, type KnownStream } from "./catalogue.ts";
import { FlushQueue, piecesOf, type QueuedChange } from "./flush-queue.ts";
import { FreshJournal } from "./fresh/fresh-journal.ts";
import { Journal } from "./journal/journal.ts";
import { encodeRecord } from "./journal/journal-record.ts";
import { recover } from "./journal/recover.ts";
import type {
  AppendedEvents,
  Delivery,
  LogGroup,
  LogPage,
  LogQuery,
  LogStore,
  LogStream,
  NewLogEvent,
} from "./log-store.ts";
import { boundsOf, withFloor } from "./position.ts";
import { segmentName } from "./seal/seal-work.ts";
import type { Sealer } from "./seal/sealer.ts";
import type { BlockFinder } from "./search/block-finder.ts";
import { search } from "./search/search.ts";
import { mayHold, selectionOf } from "./search/selection.ts";
import { Turns } from "./search/turns.ts";
import { FileReaper } from "./segments/file-reaper.ts";
import { removeStrangers } from "./segments/remove-strangers.ts";
import { BlockLists, type SegmentAccess, segmentPortion } from "./segments/segment-portion.ts";
import { noteDelivery, withEvents } from "./stream-state.ts";

export interface BlockLogStoreOptions {
  /** Made if it is missing. */
  readonly directory: string;
  readonly sealer: Sealer;
  readonly finder: BlockFinder;
  readonly logger: Logger;
  /** Told once, when nothing can be made durable any more. */
  readonly onFatal: (error: Error) => void;
  /** Of a journal after which the next one begins; default 8 MiB. */
  readonly journalBytes?: number;
}

const defaultJournalBytes = 8 * 1024 * 1024;
const defaultScanBytes = 64 * 1024 * 1024;

/**
 * Logs as compressed blocks. An append goes into a journal that all groups share and is flushed once per turn; complete journals
 * are sealed in the background into segments, one a group and day, and small segments are merged into larger ones. The
 * catalogue says which files count, so that at any moment a process may end: an event is in a journal or in a segment, never in both.
 */
export class BlockLogStore implements LogStore {
  readonly #directory: string;
  readonly #journalBytes: number;
  readonly #catalogue: Catalogue;
  readonly #journal: Journal;
  readonly #queue: FlushQueue;
  readonly #reaper = new FileReaper();
  readonly #access: SegmentAccess;
  readonly #turns = new Turns();
  readonly #background: BackgroundSealing;
  /** Those that are not sealed yet, oldest first; the last one is written to. */
  readonly #fresh: FreshJournal[];
  readonly #listeners = new Set<(appended: AppendedEvents) => void>();
  #nextSequence: number;
  #records: Buffer[] = [];
  #isSealWanted = false;

  /** @throws DatabaseInUseError @throws DatabaseUnusableError */
  constructor({
    directory,
    sealer,
    finder,
    logger,
    onFatal,
    journalBytes = defaultJournalBytes,
  }: BlockLogStoreOptions) {
    this.#directory = join(directory, "segments");
    this.#journalBytes = journalBytes;
    this.#catalogue = new Catalogue(join(directory, "catalogue.db"));
    this.#access = { lists: new BlockLists(), finder };
    removeStrangers(this.#directory, this.#catalogue);
    const left = recover(join(directory, "journal"), this.#catalogue);
    this.#nextSequence = left.nextSequence;
    this.#journal = new Journal(join(directory, "journal"), left.nextJournal);
    this.#fresh = [
      ...left.journals,
      new FreshJournal(this.#journal.number, this.#journal.pathOf(this.#journal.number)),
    ];
    this.#queue = new FlushQueue({ flush: (batch) => this.#flush(batch), onFatal, turns: this.#turns });
    this.#background = new BackgroundSealing({
      directory: this.#directory,
      catalogue: this.#catalogue,
      journal: this.#journal,
      fresh: this.#fresh,
      reaper: this.#reaper,
      queue: this.#queue,
      sealer,
      logger,
      onFatal,
    });
    this.#background.wake();
  }

  groups(): readonly LogGroup[] {
    return [...this.#catalogue.groups.values()].map(({ value }) => value).toSorted(byName);
  }

  group(name: string): LogGroup | undefined {
    return this.#catalogue.groups.get(name)?.value;
  }

  createGroup(group: LogGroup): Promise<boolean> {
    return this.#change(() => {
      if (this.#catalogue.groups.has(group.name)) return false;
      this.#catalogue.addGroup(group);
      return true;
    });
  }

  async updateGroup(name: string, change: (group: LogGroup) => LogGroup): Promise<boolean> {
    const outcome = await this.#change(() => {
      const known = this.#catalogue.groups.get(name);
      if (known === undefined) return { isThere: false };
      let value: LogGroup;
      try {
        value = change(known.value);
      } catch (error) {
        return { error }; // the caller's; others of this flush have nothing to do with it
      }
      known.value = value;
      this.#catalogue.saveGroup(known);
      return { isThere: true };
    });
    if ("error" in outcome) throw outcome.error;
    return outcome.isThere;
  }

  async deleteGroup(name: string): Promise<void> {
    const paths = await this.#change(() => {
      const known = this.#catalogue.groups.get(name);
      if (known === undefined) return [];
      this.#catalogue.removeGroup(known);
      for (const journal of this.#fresh) journal.groups.delete(known.id);
      return [...known.segments.values()].map((segment) => this.#pathOf(segment));
    });
    this.#reaper.remove(paths);
  }

  streams(group: string): readonly LogStream[] {
    return [...(this.#catalogue.groups.get(group)?.streams.values() ?? [])].map(({ value }) => value).toSorted(byName);
  }

  stream(group: string, name: string): LogStream | undefined {
    return this.#catalogue.groups.get(group)?.streams.get(name)?.value;
  }

  createStream(group: string, name: string, createdAt: number): Promise<boolean> {
    return this.#change(() => {
      const known = this.#catalogue.groups.get(group);
      if (known === undefined || known.streams.has(name)) return false;
      this.#catalogue.addStream(known, { group, name, createdAt, storedBytes: 0 });
      return true;
    });
  }

  async deleteStream(group: string, name: string): Promise<void> {
    await this.#change(() => {
      const known = this.#catalogue.groups.get(group);
      const stream = known?.streams.get(name);
      if (known !== undefined && stream !== undefined) this.#catalogue.removeStream(known, stream);
    });
    this.#background.wake();
  }

  async append(
    group: string,
    stream: string,
    events: readonly NewLogEvent[],
    ingestedAt: number,
    delivery?: Delivery,
  ): Promise<boolean> {
    if (this.#background.isFull) await this.#background.room();
    let keep: (() => void) | undefined;
    return this.#queue.add({
      inCatalogue: false,
      weight: Math.max(1, events.length),
      run: () => {
        const known = this.#catalogue.groups.get(group);
        const target = known?.streams.get(stream);
        if (known === undefined || target === undefined) return false;
        if (events.length === 0) return true;
        if (delivery !== undefined) {
          if ((target.deliveries.get(delivery.source) ?? -1) >= delivery.number) return true;
          noteDelivery(target.deliveries, delivery);
        }
        keep = this.#record(known, target, events, ingestedAt, delivery);
        return true;
      },
      apply: () => keep?.(),
    });
  }

  async read(query: LogQuery): Promise<LogPage> {
    const group = this.#catalogue.groups.get(query.group);
    if (group === undefined) return { events: [] };
    const selection = selectionOf(query, group);
    if (selection.streams.size === 0) return { events: [] };
    const release = this.#reaper.hold();
    try {
      const portions = [
        ...[...group.segments.values()].map((segment) =>
          segmentPortion({ ...segment, path: this.#pathOf(segment) }, selection, this.#access),
        ),
        ...this.#fresh.flatMap((journal) => journal.groups.get(group.id)?.portions(selection) ?? []),
      ].filter(({ first, last }) => mayHold(selection, first, last));
      const { limit, bytes = Infinity, scanBytes = defaultScanBytes } = query;
      return await search(portions, selection, { turns: this.#turns, limit, bytes, scanBytes });
    } finally {
      release();
    }
  }

  watch(listener: (appended: AppendedEvents) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async expire(name: string, before: number): Promise<void> {
    const group = this.#catalogue.groups.get(name);
    if (group === undefined || !this.#hasOlder(group, before)) return;
    const paths = await this.#change(() => {
      if (this.#catalogue.groups.get(name) !== group) return [];
      group.floors = withFloor(group.floors, { before, sequence: this.#nextSequence - 1 });
      this.#catalogue.saveGroup(group);
      const gone = [...group.segments.values()].filter(({ last }) => last.timestamp < before);
      for (const { id } of gone) this.#catalogue.removeSegment(group, id);
      return gone.map((segment) => this.#pathOf(segment));
    });
    this.#reaper.remove(paths);
  }

  /** Bytes of all journals and segments. */
  get bytes(): number {
    let bytes = this.#fresh.reduce((sum, journal) => sum + journal.bytes, 0);
    for (const group of this.#catalogue.byId.values())
      for (const segment of group.segments.values()) bytes += segment.bytes;
    return bytes;
  }

  /**
   * Removes the oldest segments, of whichever group, until no more than `bytes` are taken up or none is left.
   * @returns what went
   */
  async evict(
    bytes: number,
  ): Promise<{ readonly events: number; readonly bytes: number; readonly groups: readonly string[] }> {
    const gone = await this.#change(() => {
      const oldestFirst = [...this.#catalogue.byId.values()]
        .flatMap((group) => [...group.segments.values()].map((segment) => ({ group, segment })))
        .toSorted((a, b) => a.segment.last.timestamp - b.segment.last.timestamp);
      let left = this.bytes;
      return oldestFirst.filter(({ group, segment }) => {
        if (left <= bytes) return false;
        left -= segment.bytes;
        this.#catalogue.removeSegment(group, segment.id);
        return true;
      });
    });
    this.#reaper.remove(gone.map(({ segment }) => this.#pathOf(segment)));
    return {
      events: gone.reduce((sum, { segment }) => sum + segment.events, 0),
      bytes: gone.reduce((sum, { segment }) => sum + segment.bytes, 0),
      groups: [...new Set(gone.map(({ group }) => group.value.name))],
    };
  }

  /** Has what came before this time (epoch milliseconds) sealed, however little it is. Resolves when all background work is done. */
  async seal(before = Number.POSITIVE_INFINITY): Promise<void> {
    this.#isSealWanted = (this.#fresh.at(-1)?.since ?? Infinity) < before;
    await this.#queue.add({ inCatalogue: false, run: () => undefined });
    await this.#background.settled();
  }

  async close(): Promise<void> {
    await this.#queue.close();
    await this.#background.close();
    await this.#access.finder.close();
    await this.#journal.close();
    await this.#catalogue.close();
  }

  #change<T>(run: () => T): Promise<T> {
    return this.#queue.add({ inCatalogue: true, run });
  }

  /** Puts events among the records of this flush. @returns what is to be done once they are durable */
  #record(
    group: KnownGroup,
    stream: KnownStream,
    events: readonly NewLogEvent[],
    ingestedAt: number,
    delivery: Delivery | undefined,
  ): () => void {
    const numbered = events.map(({ timestamp, message }) => {
      return { timestamp, message, ingestedAt, streamId: stream.id, sequence: this.#nextSequence++ };
    });
    const block = encodeBlock(numbered);
    const bounds = boundsOf(numbered);
    const appended = { ...bounds, bytes: messagesOf(block).length, ingestedAt };
    this.#records.push(...encodeRecord(group.id, delivery, block));
    return () => {
      if (!group.names.has(stream.id) || this.#catalogue.byId.get(group.id) !== group) return; // gone within the same flush
      const journal = this.#fresh.at(-1) as FreshJournal;
      journal.eventsOf(group.id).append({ streamId: stream.id, ...bounds, block });
      journal.touch(stream);
      journal.since = Math.min(journal.since, ingestedAt);
      stream.value = withEvents(stream.value, appended);
      if (this.#listeners.size === 0) return;
      const name = stream.value.name;
      const stored = numbered.map(({ timestamp, message, sequence }) => {
        return { timestamp, message, stream: name, ingestedAt, sequence };
      });
      for (const listener of this.#listeners) listener({ group: group.value.name, stream: name, events: stored });
    };
  }

  async #flush(batch: readonly QueuedChange[]): Promise<void> {
    if (this.#journal.bytes >= this.#journalBytes || (this.#isSealWanted && this.#journal.bytes > 0))
      await this.#rotate();
    this.#isSealWanted = false;
    for (const piece of piecesOf(batch)) {
      if (piece[0]?.inCatalogue === true) {
        inTransaction(this.#catalogue.database, () => {
          for (const { run } of piece) run();
        });
      } else for (const { run } of piece) run();
      await this.#turns.pause();
    }
    if (batch.some(({ inCatalogue }) => inCatalogue)) await this.#catalogue.flush();
    const records = this.#records;
    this.#records = [];
    if (records.length === 0) return;
    await this.#journal.append(records);
    const journal = this.#fresh.at(-1) as FreshJournal;
    journal.bytes = this.#journal.bytes;
    journal.lastSequence = this.#nextSequence - 1;
  }

  async #rotate(): Promise<void> {
    this.#fresh.at(-1)?.complete();
    await this.#journal.rotate();
    this.#fresh.push(new FreshJournal(this.#journal.number, this.#journal.pathOf(this.#journal.number)));
    this.#background.wake();
  }

  #hasOlder(group: KnownGroup, before: number): boolean {
    if ([...group.segments.values()].some(({ first }) => first.timestamp < before)) return true;
    return this.#fresh.some((journal) => (journal.groups.get(group.id)?.oldest ?? Infinity) < before);
  }

  #pathOf(segment: Parameters<typeof segmentName>[0]): string {
    return join(this.#directory, segmentName(segment));
  }
}

const byName = (a: { readonly name: string }, b: { readonly name: string }) =>
  a.name < b.name ? -1 : a.name > b.name ? 1 : 0;
