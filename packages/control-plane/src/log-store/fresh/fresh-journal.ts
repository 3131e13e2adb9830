import type { KnownStream } from "../catalogue.ts";
import type { StreamState } from "../stream-state.ts";
import { FreshEvents } from "./fresh-events.ts";

/** What one journal holds, in memory. */
export class FreshJournal {
  readonly number: number;
  readonly path: string;
  bytes = 0;
  /** Epoch milliseconds of the first append; Infinity if there is none. */
  since = Number.POSITIVE_INFINITY;
  lastSequence = 0;
  readonly groups = new Map<number, FreshEvents>();
  readonly #touched = new Set<KnownStream>();
  #states: ReadonlyMap<number, StreamState> | undefined;

  constructor(number: number, path: string) {
    this.number = number;
    this.path = path;
  }

  eventsOf(groupId: number): FreshEvents {
    let events = this.groups.get(groupId);
    if (events === undefined) {
      events = new FreshEvents();
      this.groups.set(groupId, events);
    }
    return events;
  }

  touch(stream: KnownStream): void {
    this.#touched.add(stream);
  }

  /** No more comes. What streams are like now is what holds once the journal is sealed, whatever comes into later ones. */
  complete(): void {
    this.#states = new Map(
      [...this.#touched].map(({ id, value, deliveries }) => [id, { value, deliveries: new Map(deliveries) }]),
    );
  }

  /** Of the streams that it has events of, by number. */
  get states(): ReadonlyMap<number, StreamState> {
    return this.#states ?? new Map();
  }
}
