import { once } from "node:events";
import { writeSync } from "node:fs";
import { BlockLogStore } from "../../packages/control-plane/src/log-store/block-log-store.ts";
import type { LogPosition } from "../../packages/control-plane/src/log-store/log-store.ts";
import { ThreadSealer } from "../../packages/control-plane/src/log-store/seal/sealer.ts";
import { ThreadFinder } from "../../packages/control-plane/src/log-store/search/block-finder.ts";
import { silentLogger } from "../../packages/control-plane/src/platform/logger.ts";
import { type Found, laneNames, lanesOf } from "./log-crash.report.ts";

// Appends under load until it is killed: each lane, a stream, counts up on its own, a few numbers an append; the newest few thousand are
// kept. Journals are so small that sealing, merging and expiring never stop. Lines on stdout: what was found on opening, then
// `LANE N` for each append that resolved, N the last of its numbers. Written at once, so that a kill cannot swallow what was said.
const say = (line: string) => writeSync(1, `${line}\n`);
const keptNumbers = 3_000;
/** Numbers are times too, a hundred to the day. */
const timeOf = (number: number) => number * 864_000;

async function look(store: BlockLogStore, group: string, stream: string): Promise<Found> {
  const numbers: number[] = [];
  for (let beyond: LogPosition | undefined; ; ) {
    const place = beyond === undefined ? {} : { beyond };
    const { events, next } = await store.read({ group, streams: [stream], limit: 1_000, ...place });
    numbers.push(...events.map(({ message }) => Number.parseInt(message, 10)));
    if (next === undefined) break;
    beyond = next;
  }
  const [first = 0] = numbers;
  const isWhole = numbers.every((number, at) => number === first + at);
  return { lane: `${group}/${stream}`, first, last: numbers.at(-1) ?? 0, isWhole };
}

async function countUp(store: BlockLogStore, { lane, last }: Found): Promise<never> {
  const [group = "", stream = ""] = lane.split("/");
  await store.createGroup({ name: group, createdAt: 0, tags: {} });
  await store.createStream(group, stream, 0);
  for (let [number, turn] = [last, 0]; ; turn++) {
    const events = Array.from({ length: 1 + (turn % 7) }, () => ({
      timestamp: timeOf(++number),
      message: `${number} ${"x".repeat(number % 300)}`,
    }));
    // Twice, as an agent sends what it had no answer for.
    const delivery = { source: "agent", number };
    const answers = [0, 1].map(() => store.append(group, stream, events, timeOf(number), delivery));
    await Promise.all(answers);
    say(`${lane} ${number}`);
    if (turn % 50 === 0) await store.expire(group, timeOf(number - keptNumbers));
  }
}

say("ready");
process.stdin.once("end", () => process.exit()); // told to do nothing
await once(process.stdin, "data"); // the one before has to be dead first
const store = new BlockLogStore({
  directory: process.argv[2] ?? "",
  sealer: new ThreadSealer(),
  finder: new ThreadFinder(),
  logger: silentLogger,
  onFatal: (error) => {
    throw error;
  },
  journalBytes: 64 * 1024,
});
const found = await Promise.all(laneNames.map((lane) => look(store, ...lanesOf(lane))));
say(JSON.stringify(found));
await Promise.all(found.map((lane) => countUp(store, lane)));
