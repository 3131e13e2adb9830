import type { LogPosition, LogStore, StoredLogEvent } from "../log-store/log-store.ts";
import type { SourcedEvent } from "./row.ts";

/** What of which groups is read. */
export interface EventsWish {
  readonly groups: readonly string[];
  /** Epoch milliseconds; the second is exclusive. */
  readonly from: number;
  readonly to: number;
  readonly oldestFirst: boolean;
  readonly needles: readonly string[];
}

/** What is read of a group at a time, and looked through for it. */
const page = { limit: 1_000, bytes: 1024 * 1024, scanBytes: 8 * 1024 * 1024 } as const;

interface Source {
  readonly group: string;
  events: readonly StoredLogEvent[];
  at: number;
  beyond?: LogPosition;
  isDone: boolean;
}

/** Events of several groups in the order of their times, in runs of some. Reads on when asked for more. */
export async function* mergedEvents(
  logStore: Pick<LogStore, "read">,
  { groups, from, to, oldestFirst, needles }: EventsWish,
): AsyncGenerator<readonly SourcedEvent[]> {
  const sources = groups.map((group): Source => ({ group, events: [], at: 0, isDone: false }));
  for (;;) {
    const empty = sources.filter(({ events, at, isDone }) => !isDone && at >= events.length);
    for (const source of empty) await fill(source);
    // A page without events is a sign that it is a long search; whoever reads may want to stop.
    if (sources.some(({ events, at, isDone }) => !isDone && at >= events.length)) {
      yield [];
      continue;
    }
    const run = take();
    if (run.length === 0) return;
    yield run;
  }

  async function fill(source: Source): Promise<void> {
    const { events, next } = await logStore.read({
      group: source.group,
      from,
      to,
      backwards: !oldestFirst,
      ...(needles.length === 0 ? {} : { needles }),
      ...(source.beyond === undefined ? {} : { beyond: source.beyond }),
      ...page,
    });
    [source.events, source.at] = [events, 0];
    if (next === undefined) source.isDone = true;
    else source.beyond = next;
  }

  /** As far as every source that has more can be compared. */
  function take(): readonly SourcedEvent[] {
    const found: SourcedEvent[] = [];
    for (;;) {
      const filled = sources.filter(({ events, at }) => at < events.length);
      if (filled.length === 0) return found;
      const [best] = filled.length === 1 ? filled : filled.toSorted((a, b) => order(a, b));
      if (best === undefined) return found;
      found.push({ group: best.group, event: best.events[best.at] as StoredLogEvent });
      best.at++;
      if (best.at >= best.events.length && !best.isDone) return found;
    }
  }

  function order(a: Source, b: Source): number {
    const [x, y] = [a.events[a.at]?.timestamp ?? 0, b.events[b.at]?.timestamp ?? 0];
    return oldestFirst ? x - y : y - x;
  }
}
