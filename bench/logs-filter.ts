/**
 * The log store: what a filter takes over many events against grep over the same text, bytes on disk against the text and against
 * gzip, how long the event loop of the store's process is held up meanwhile, next to that of a process that does nothing. Ten busy streams of one group and a quiet one, lines of
 * some 130 bytes of JSON. The store has a process of its own; lines are made, and grep is run, in this one.
 * Run: npx node bench/logs-filter.ts [events, default 5000000]; KEEP=1 leaves the folder
 */
import { type ChildProcess, fork, spawnSync } from "node:child_process";
import { once } from "node:events";
import { closeSync, mkdtempSync, openSync, rmSync, statSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Answer, Order } from "./logs-filter.child.ts";
import type { LoopDelay } from "./loop-delay.ts";
import { report } from "./statistics.ts";

const events = Number(process.argv[2] ?? 5_000_000);
const streams = 10;
const batchLines = 1_000;
/** Appends that are under way at once. */
const atOnce = 10;
const limits = { grepRatio: 12, loopMs: 10, ofGzip: 1.2 } as const;
const directory = mkdtempSync(join(tmpdir(), "hatoba-bench-"));
const text = join(directory, "all.log");

let state = 42;
/** Source: "mulberry32", a generator in the public domain. */
function random(below: number): number {
  state = (state + 0x6d_2b_79_f5) | 0;
  let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
  mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
  return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below);
}
const paths = ["/api/orders", "/api/customers", "/health", "/api/basket/items", "/login", "/static/app.js"];
const start = Date.UTC(2026, 0, 1);
/** One in a hundred is an error, one in a million has the word that is looked for. */
function line(number: number): string {
  const level = random(100) === 0 ? "ERROR" : "info";
  const word = number % 1_000_000 === 999_999 ? "needle-in-the-haystack" : random(2 ** 31).toString(36);
  const status = level === "ERROR" ? 500 : 200;
  return `{"level":"${level}","request":"${random(2 ** 31).toString(16)}${random(2 ** 31).toString(16)}","path":"${paths[random(6)]}/${random(100_000)}","status":${status},"ms":${random(5_000) / 10},"word":"${word}"}`;
}

/** A store in a process of its own. It answers appends in their order, and all else when it has nothing else to do. */
class StoreProcess {
  readonly #child: ChildProcess = fork(join(import.meta.dirname, "logs-filter.child.ts"), [join(directory, "logs")], {
    serialization: "advanced",
  });
  readonly #waiting: ((answer: Answer) => void)[] = [];

  constructor() {
    this.#child.on("message", (answer: Answer) => this.#waiting.shift()?.(answer));
    this.#child.on("exit", (code) => {
      if (code !== 0) process.exit(1); // it said why
    });
  }

  ask(order: Order): Promise<Answer> {
    const { promise, resolve } = Promise.withResolvers<Answer>();
    this.#waiting.push(resolve);
    this.#child.send(order);
    return promise;
  }

  async close(): Promise<void> {
    const ended = once(this.#child, "exit");
    await this.ask({ do: "close" });
    await ended;
  }
}

/** @returns seconds without those in which lines were made and nothing was under way */
async function fill(store: StoreProcess): Promise<number> {
  const file = openSync(text, "w");
  const underWay = new Set<Promise<unknown>>();
  const append = async (stream: string, at: number, lines: readonly string[]) => {
    writeSync(file, `${lines.join("\n")}\n`);
    if (underWay.size >= atOnce) await Promise.race(underWay);
    const one = store.ask({ do: "append", batch: { stream, start: start + at / 10, lines } });
    underWay.add(one);
    void one.then(() => underWay.delete(one));
  };
  const began = performance.now();
  for (let number = 0, batch = 0; number < events; number += batchLines, batch++) {
    const lines = Array.from({ length: batchLines }, (_, at) => line(number + at));
    await append(`s${batch % streams}`, number, lines);
    if (number % 100_000 === 0) await append("quiet", number, [line(0)]);
  }
  await Promise.all(underWay);
  closeSync(file);
  return (performance.now() - began) / 1000;
}

function grep(pattern: string): { readonly found: number; readonly seconds: number } {
  const began = performance.now();
  const { stdout } = spawnSync("grep", ["-F", "-e", pattern, text], { maxBuffer: 2 ** 31, env: { LC_ALL: "C" } });
  const seconds = (performance.now() - began) / 1000;
  let found = 0;
  for (let at = stdout.indexOf(10); at !== -1; at = stdout.indexOf(10, at + 1)) found++;
  return { found, seconds };
}

const idle = fork(join(import.meta.dirname, "idle.child.ts"));
/** Also that of the process that does nothing, since this was called before. */
async function loopOf({ loop, turn }: Answer): Promise<Readonly<Record<string, number>>> {
  const said = once(idle, "message");
  idle.send("how late were you?");
  const [{ p99, longest }] = (await said) as [LoopDelay];
  if (turn.p99 > limits.loopMs || loop.p99 > limits.loopMs + p99) failed = true;
  return {
    "turn's CPU, p99 ms": turn.p99,
    "longest turn": turn.longest,
    "loop late, p99 ms": loop.p99,
    "longest late": loop.longest,
    "an idle process, p99 ms": p99,
    "longest idle": longest,
  };
}

let failed = false;
const store = new StoreProcess();
const seconds = await fill(store);
const filled = await store.ask({ do: "seal" });
const whileFilling = await loopOf(filled);
const raw = statSync(text).size;
const part = Math.min(raw, 200_000_000); // one part is like the other
const gzip = spawnSync("sh", ["-c", `head -c ${part} ${text} | gzip -c | wc -c`]);
const zipped = (Number(gzip.stdout.toString()) * raw) / part;
report(`${events} events, ${Math.round(raw / 1e6)} MB, appended and sealed`, [
  {
    "events/s": Math.round(events / seconds),
    "MB/s": raw / 1e6 / seconds,
    "seconds until sealed": seconds + filled.seconds,
    "bytes an event on disk": filled.bytes / events,
    "of text": raw / events,
    "of gzip": zipped / events,
    "share of gzip": filled.bytes / zipped,
    ...whileFilling,
  },
]);

if (filled.bytes > limits.ofGzip * zipped) failed = true;
const rows = [];
for (const [filterPattern, plain] of [
  ['"needle-in-the-haystack"', "needle-in-the-haystack"],
  ["ERROR", "ERROR"],
  ['{ $.status = 500 && $.path = "/login*" }', ""],
] as const) {
  if (plain !== "") grep(plain); // the text is in memory by then, as the blocks are
  const answer = await store.ask({ do: "filter", filterPattern });
  const peer = plain === "" ? undefined : grep(plain);
  if (peer !== undefined && peer.found !== answer.found)
    throw new Error(`${filterPattern}: ${answer.found} found, grep has ${peer.found}`);
  if (answer.seconds / (peer?.seconds ?? answer.seconds) > limits.grepRatio) failed = true;
  rows.push({
    what: filterPattern,
    found: answer.found,
    pages: answer.pages,
    seconds: answer.seconds,
    "of CPU": answer.cpuSeconds,
    "grep -F, seconds": peer?.seconds ?? "",
    ratio: peer === undefined ? "" : answer.seconds / peer.seconds,
    ...(await loopOf(answer)),
  });
}
report("FilterLogEvents, all pages", rows);
const quiet = await store.ask({ do: "readStream", stream: "quiet" });
report("GetLogEvents of the quiet stream, one event in 100,000, all pages", [
  {
    found: quiet.found,
    pages: quiet.pages,
    seconds: quiet.seconds,
    "of CPU": quiet.cpuSeconds,
    ...(await loopOf(quiet)),
  },
]);
await store.close();
idle.disconnect();
if (process.env["KEEP"] === undefined) rmSync(directory, { recursive: true });
else console.log(directory);
process.exitCode = failed ? 1 : 0;
