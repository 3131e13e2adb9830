import { createHistogram, monitorEventLoopDelay } from "node:perf_hooks";
import { requirePattern } from "../packages/control-plane/src/api/logs/require-pattern.ts";
import { BlockLogStore } from "../packages/control-plane/src/log-store/block-log-store.ts";
import type { LogPosition, LogQuery } from "../packages/control-plane/src/log-store/log-store.ts";
import { ThreadSealer } from "../packages/control-plane/src/log-store/seal/sealer.ts";
import { ThreadFinder } from "../packages/control-plane/src/log-store/search/block-finder.ts";
import { silentLogger } from "../packages/control-plane/src/platform/logger.ts";
import { figuresOf, type LoopDelay } from "./loop-delay.ts";

// The process of the store that logs-filter.ts measures: does what it is told by message, and says what it took. How long the event loop
// is held up is measured from the first message on, also while there is nothing to do.

/** Lines of one stream, one time for each ten of them. */
export interface Batch {
  readonly stream: string;
  readonly start: number;
  readonly lines: readonly string[];
}
export type Order =
  | { readonly do: "append"; readonly batch: Batch }
  | { readonly do: "seal" }
  | { readonly do: "filter"; readonly filterPattern: string }
  | { readonly do: "readStream"; readonly stream: string }
  | { readonly do: "close" };
/** `loop` since the last answer to anything but an append. */
export interface Answer {
  readonly found: number;
  readonly pages: number;
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly bytes: number;
  readonly loop: LoopDelay;
  /** CPU of the main thread from one tick of a timer of 1 ms to the next, in milliseconds: what others really have to wait for. */
  readonly turn: LoopDelay;
}

const group = "/bench";
const store = new BlockLogStore({
  directory: process.argv[2] ?? "",
  sealer: new ThreadSealer(),
  finder: new ThreadFinder(),
  logger: silentLogger,
  onFatal: (error) => {
    throw error;
  },
});
await store.createGroup({ name: group, createdAt: 0, tags: {} });

async function append({ stream, start, lines }: Batch): Promise<void> {
  await store.createStream(group, stream, 0);
  const events = lines.map((message, at) => ({ timestamp: start + Math.floor(at / 10), message }));
  await store.append(group, stream, events, start);
}

type Pages = Pick<Answer, "found" | "pages">;

/** Page after page, each as large as FilterLogEvents and GetLogEvents give them. */
async function readAll(query: Omit<LogQuery, "group" | "limit" | "bytes">): Promise<Pages> {
  let [found, pages] = [0, 0];
  for (let beyond: LogPosition | undefined; ; ) {
    const place = beyond === undefined ? {} : { beyond };
    const page = await store.read({ group, ...query, ...place, limit: 10_000, bytes: 1024 * 1024 });
    found += page.events.length;
    pages++;
    if (page.next === undefined) return { found, pages };
    beyond = page.next;
  }
}

function filter(filterPattern: string): Promise<Pages> {
  const pattern = requirePattern(filterPattern);
  const needles = pattern.needles.length === 0 ? {} : { needles: pattern.needles };
  return readAll({ ...needles, where: ({ message }) => pattern.matches(message) });
}

async function carryOut(order: Order): Promise<Pages> {
  if (order.do === "filter") return filter(order.filterPattern);
  if (order.do === "readStream") return readAll({ streams: [order.stream] });
  if (order.do === "append") await append(order.batch);
  else if (order.do === "seal") await store.seal();
  else await store.close();
  return { found: 0, pages: 0 };
}

async function answer(order: Order): Promise<void> {
  const [began, cpu] = [performance.now(), process.cpuUsage()];
  const pages = await carryOut(order);
  const { user, system } = process.cpuUsage(cpu);
  const seconds = (performance.now() - began) / 1000;
  const [loop, turn] = [figuresOf(delay, 1e6), figuresOf(turns, 1e3)];
  if (order.do !== "append") for (const histogram of [delay, turns]) histogram.reset();
  const cpuSeconds = (user + system) / 1e6;
  process.send?.({ ...pages, seconds, cpuSeconds, bytes: store.bytes, loop, turn } satisfies Answer);
  if (order.do === "close") process.disconnect();
}

const delay = monitorEventLoopDelay({ resolution: 1 });
delay.enable();
const turns = createHistogram();
let before = process.threadCpuUsage();
setInterval(() => {
  const now = process.threadCpuUsage();
  turns.record(Math.max(1, now.user + now.system - before.user - before.system));
  before = now;
}, 1).unref();
process.on("message", (order: Order) => void answer(order));
