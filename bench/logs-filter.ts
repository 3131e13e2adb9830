/**
 * The log store: what a filter takes over many events against grep over the same text, bytes on disk against the text and against
 * gzip, how long the event loop is held up meanwhile. Ten streams of one group, lines of some 130 bytes of JSON.
 * Run: npx node bench/logs-filter.ts [events, default 10000000]
 */
import { spawnSync } from "node:child_process";
import { closeSync, mkdtempSync, openSync, rmSync, statSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { monitorEventLoopDelay } from "node:perf_hooks";
import type { LogsContext } from "../packages/control-plane/src/api/logs/operation.ts";
import { filterLogEvents } from "../packages/control-plane/src/api/logs/operations/filter-log-events.ts";
import { BlockLogStore } from "../packages/control-plane/src/log-store/block-log-store.ts";
import { ThreadSealer } from "../packages/control-plane/src/log-store/seal/sealer.ts";
import { silentLogger } from "../packages/control-plane/src/platform/logger.ts";
import { defaultSettings } from "../packages/control-plane/src/settings.ts";
import { report } from "./statistics.ts";

const events = Number(process.argv[2] ?? 10_000_000);
const streams = 10;
const batch = 1_000;
const limits = { grepRatio: 6, loopMs: 10, ofGzip: 1.2 } as const;
const directory = mkdtempSync(join(tmpdir(), "hatoba-bench-"));
const text = join(directory, "all.log");
const store = new BlockLogStore({
  directory: join(directory, "logs"),
  sealer: new ThreadSealer(),
  logger: silentLogger,
  onFatal: (error) => {
    throw error;
  },
});

const filling = monitorEventLoopDelay({ resolution: 1 });

let state = 42;
const random = (below: number) => {
  state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
  return Math.floor((state / 2 ** 32) * below);
};
const paths = ["/api/orders", "/api/customers", "/health", "/api/basket/items", "/login", "/static/app.js"];
const start = Date.UTC(2026, 0, 1);
/** One in a hundred is an error, one in a million has the word that is looked for. */
function line(number: number): string {
  const level = random(100) === 0 ? "ERROR" : "info";
  const word = number % 1_000_000 === 999_999 ? "needle-in-the-haystack" : random(2 ** 31).toString(36);
  const status = level === "ERROR" ? 500 : 200;
  return `{"level":"${level}","request":"${random(2 ** 31).toString(16)}${random(2 ** 31).toString(16)}","path":"${paths[random(6)]}/${random(100_000)}","status":${status},"ms":${random(5_000) / 10},"word":"${word}"}`;
}

async function fill(): Promise<number> {
  await store.createGroup({ name: "/bench", createdAt: start, tags: {} });
  for (let stream = 0; stream < streams; stream++) await store.createStream("/bench", `s${stream}`, start);
  const file = openSync(text, "w");
  let spent = 0;
  for (let number = 0; number < events; number += batch * streams) {
    const batches = Array.from({ length: streams }, (_, stream) =>
      Array.from({ length: batch }, (_each, at) => {
        const position = number + at * streams + stream;
        return { timestamp: start + Math.floor(position / 10), message: line(position) };
      }),
    );
    for (const each of batches) writeSync(file, `${each.map(({ message }) => message).join("\n")}\n`);
    filling.enable();
    const began = performance.now();
    await Promise.all(batches.map((each, stream) => store.append("/bench", `s${stream}`, each, start)));
    spent += performance.now() - began;
    filling.disable(); // making lines up is no part of it
  }
  closeSync(file);
  return spent;
}

/** As a client does: page after page. */
async function filter(filterPattern: string): Promise<{ readonly found: number; readonly pages: number }> {
  let [found, pages] = [0, 0];
  const context = { logStore: store, caller: {}, settings: defaultSettings } as unknown as LogsContext;
  for (let nextToken: string | undefined; ; ) {
    const input = { logGroupName: "/bench", filterPattern, ...(nextToken === undefined ? {} : { nextToken }) };
    const answer = await filterLogEvents(input, context);
    found += answer.events?.length ?? 0;
    pages++;
    if (answer.nextToken === undefined) return { found, pages };
    nextToken = answer.nextToken;
  }
}

function grep(pattern: string): { readonly found: number; readonly seconds: number } {
  const began = performance.now();
  const { stdout } = spawnSync("grep", ["-F", "-e", pattern, text], { maxBuffer: 2 ** 31, env: { LC_ALL: "C" } });
  const found = stdout.length === 0 ? 0 : stdout.toString("latin1").split("\n").length - 1;
  return { found, seconds: (performance.now() - began) / 1000 };
}

const spent = await fill();
await store.seal();
const raw = statSync(text).size;
const gzip = spawnSync("sh", ["-c", `gzip -c ${text} | wc -c`]);
const zipped = Number(gzip.stdout.toString());
report(`${events} events, ${Math.round(raw / 1e6)} MB`, [
  {
    "appended, events/s": Math.round((events / spent) * 1000),
    "MB/s": raw / 1000 / spent,
    "bytes an event on disk": store.bytes / events,
    "of text": raw / events,
    "of gzip": zipped / events,
    "share of gzip": store.bytes / zipped,
  },
]);

let failed = store.bytes > limits.ofGzip * zipped;
const rows = [];
for (const [pattern, plain] of [
  ['"needle-in-the-haystack"', "needle-in-the-haystack"],
  ["ERROR", "ERROR"],
  ['{ $.status = 500 && $.path = "/login*" }', ""],
] as const) {
  const delay = monitorEventLoopDelay({ resolution: 1 });
  if (plain !== "") grep(plain); // the text is in memory by then, as the blocks are
  delay.enable();
  const began = performance.now();
  const before = process.cpuUsage();
  const { found, pages } = await filter(pattern);
  const { user, system } = process.cpuUsage(before);
  const seconds = (performance.now() - began) / 1000;
  delay.disable();
  const peer = plain === "" ? undefined : grep(plain);
  if (peer !== undefined && peer.found !== found) throw new Error(`${pattern}: ${found} found, grep has ${peer.found}`);
  const longest = delay.max / 1e6;
  if (seconds / (peer?.seconds ?? seconds) > limits.grepRatio || delay.percentile(99) / 1e6 > limits.loopMs)
    failed = true;
  rows.push({
    pattern,
    found,
    pages,
    seconds,
    "events/s": Math.round(events / seconds),
    "of CPU": (user + system) / 1e6,
    "grep, seconds": peer?.seconds ?? "",
    ratio: peer === undefined ? "" : seconds / peer.seconds,
    "loop held up, p99 ms": delay.percentile(99) / 1e6,
    "longest ms": longest,
  });
}
report("FilterLogEvents, all pages, against grep -F", rows);
report("event loop while appending and sealing", [
  { "p50 ms": filling.percentile(50) / 1e6, "p99 ms": filling.percentile(99) / 1e6, "longest ms": filling.max / 1e6 },
]);
await store.close();
if (process.env["KEEP"] === undefined) rmSync(directory, { recursive: true });
else console.log(directory);
process.exitCode = failed ? 1 : 0;
