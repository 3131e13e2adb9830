import type {
  AppendedEvents,
  Delivery,
  LogGroup,
  LogPage,
  LogQuery,
  LogStore,
  LogStream,
  NewLogEvent,
  StoredLogEvent,
} from "./log-store.ts";
import { comparePositions } from "./position.ts";

interface Held {
  value: LogGroup;
  readonly streams: Map<string, LogStream>;
  events: readonly StoredLogEvent[];
}

/** Logs as plain lists, for tests: what every other log store is measured by. Nothing outlives it. */
export class MemoryLogStore implements LogStore {
  readonly #groups = new Map<string, Held>();
  readonly #deliveries = new Map<string, number>();
  readonly #listeners = new Set<(appended: AppendedEvents) => void>();
  #sequence = 0;

  groups(): readonly LogGroup[] {
    return [...this.#groups.values()].map(({ value }) => value).toSorted(byName);
  }

  group(name: string): LogGroup | undefined {
    return this.#groups.get(name)?.value;
  }

  async createGroup(group: LogGroup): Promise<boolean> {
    if (this.#groups.has(group.name)) return false;
    this.#groups.set(group.name, { value: group, streams: new Map(), events: [] });
    return true;
  }

  async updateGroup(name: string, change: (group: LogGroup) => LogGroup): Promise<boolean> {
    const held = this.#groups.get(name);
    if (held !== undefined) held.value = change(held.value);
    return held !== undefined;
  }

  async deleteGroup(name: string): Promise<void> {
    for (const stream of this.streams(name)) await this.deleteStream(name, stream.name);
    this.#groups.delete(name);
  }

  streams(group: string): readonly LogStream[] {
    return [...(this.#groups.get(group)?.streams.values() ?? [])].toSorted(byName);
  }

  stream(group: string, name: string): LogStream | undefined {
    return this.#groups.get(group)?.streams.get(name);
  }

  async createStream(group: string, name: string, createdAt: number): Promise<boolean> {
    const held = this.#groups.get(group);
    if (held === undefined || held.streams.has(name)) return false;
    held.streams.set(name, { group, name, createdAt, storedBytes: 0 });
    return true;
  }

  async deleteStream(group: string, name: string): Promise<void> {
    const held = this.#groups.get(group);
    if (held === undefined) return;
    held.streams.delete(name);
    held.events = held.events.filter(({ stream }) => stream !== name);
    for (const key of this.#deliveries.keys()) {
      if (key.startsWith(`${group}\n${name}\n`)) this.#deliveries.delete(key);
    }
  }

  async append(
    group: string,
    stream: string,
    events: readonly NewLogEvent[],
    ingestedAt: number,
    delivery?: Delivery,
  ): Promise<boolean> {
    const held = this.#groups.get(group);
    const known = held?.streams.get(stream);
    if (held === undefined || known === undefined) return false;
    if (events.length === 0) return true;
    if (delivery !== undefined) {
      const key = `${group}\n${stream}\n${delivery.source}`;
      if ((this.#deliveries.get(key) ?? -1) >= delivery.number) return true;
      this.#deliveries.set(key, delivery.number);
    }
    const stored = events.map(({ timestamp, message }) => {
      return { timestamp, message, stream, ingestedAt, sequence: ++this.#sequence };
    });
    held.events = [...held.events, ...stored];
    const times = stored.map(({ timestamp }) => timestamp);
    held.streams.set(stream, {
      ...known,
      firstEventAt: Math.min(known.firstEventAt ?? Infinity, ...times),
      lastEventAt: Math.max(known.lastEventAt ?? 0, ...times),
      lastIngestionAt: ingestedAt,
      storedBytes: stored.reduce((sum, { message }) => sum + Buffer.byteLength(message), known.storedBytes),
    });
    for (const listener of this.#listeners) listener({ group, stream, events: stored });
    return true;
  }

  async read(query: LogQuery): Promise<LogPage> {
    const { group, streams, from = -Infinity, to = Infinity, beyond, backwards = false, needles = [], where } = query;
    const direction = backwards ? -1 : 1;
    const order = (a: StoredLogEvent, b: StoredLogEvent) => direction * comparePositions(a, b);
    const matching = (this.#groups.get(group)?.events ?? [])
      .filter(({ stream }) => streams === undefined || streams.includes(stream))
      .filter(({ timestamp }) => timestamp >= from && timestamp < to)
      .filter((event) => beyond === undefined || direction * comparePositions(event, beyond) > 0)
      .filter(({ message }) => needles.every((needle) => message.includes(needle)))
      .filter((event) => where?.(event) !== false)
      .toSorted(order);
    const events: StoredLogEvent[] = [];
    let bytes = 0;
    for (const event of matching) {
      bytes += Buffer.byteLength(event.message);
      if (events.length >= query.limit || (events.length > 0 && bytes > (query.bytes ?? Infinity))) break;
      events.push(event);
    }
    const last = events.at(-1);
    const isAll = last === undefined || (events.length === matching.length && events.length < query.limit);
    return { events, ...(isAll ? {} : { next: { timestamp: last.timestamp, sequence: last.sequence } }) };
  }

  watch(listener: (appended: AppendedEvents) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async expire(name: string, before: number): Promise<void> {
    const held = this.#groups.get(name);
    if (held !== undefined) held.events = held.events.filter(({ timestamp }) => timestamp >= before);
  }

  async close(): Promise<void> {
    // There is nothing to let go of.
  }
}

const byName = (a: { readonly name: string }, b: { readonly name: string }) =>
  a.name < b.name ? -1 : a.name > b.name ? 1 : 0;
