/**
 * From a line being written to its being shown: PutLogEvents, one line at a time, until the line comes over StartLiveTail, until
 * `hatoba logs --follow` has printed it, and until the polling of `aws logs tail --follow` has seen it, against `tail -F` of a file that
 * the same lines are appended to in the same run. Limit: 100 ms at p99 for the first three.
 * Run: npx node bench/log-tail.ts [lines, default 300]
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { setTimeout as wait } from "node:timers/promises";
import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  FilterLogEventsCommand,
  PutLogEventsCommand,
  StartLiveTailCommand,
} from "@aws-sdk/client-cloudwatch-logs";
import { median, percentile, report } from "./statistics.ts";

const lines = Number(process.argv[2] ?? 300);
const limitMs = 100;
const betweenMs = 20;
/** Written before, and not counted: at first much is loaded, and the CLI sleeps twice before it waits. */
const warmUp = 20;
const pollMs = 11_000;
const repository = join(import.meta.dirname, "..");
const dataDir = mkdtempSync(join(tmpdir(), "hatoba-bench-"));
const port = await freePort();
const endpoint = `http://127.0.0.1:${port}`;
const place = { logGroupName: "/bench/tail", logStreamName: "s" };
const credentials = { accessKeyId: "AKIAANYTHING", secretAccessKey: "any" };
const env = {
  ...process.env,
  AWS_ENDPOINT_URL: endpoint,
  AWS_ACCESS_KEY_ID: credentials.accessKeyId,
  AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
  AWS_REGION: "us-east-1",
};

const control = spawn(
  process.execPath,
  [
    "packages/control-plane/src/main.ts",
    "--data-dir",
    join(dataDir, "house"),
    "--listen",
    `127.0.0.1:${port}`,
    "--auth",
    "open",
  ],
  { cwd: repository, env, stdio: "ignore" },
);
const logs = new CloudWatchLogsClient({ endpoint, region: "us-east-1", credentials, disableHostPrefix: true });
const ended = new AbortController();
try {
  await untilItAnswers();
  await logs.send(new CreateLogGroupCommand(place));
  await logs.send(new CreateLogStreamCommand(place));
  const shown = [await overLiveTail(), await overHatoba(), await overPolling()] as const;
  const viaApi = await measured(shown, async (message) => {
    await logs.send(new PutLogEventsCommand({ ...place, logEvents: [{ timestamp: Date.now(), message }] }));
  });
  const file = join(dataDir, "lines.log");
  writeFileSync(file, "");
  const [viaTail = []] = await measured([overTail(file)], async (line) => appendFileSync(file, `${line}\n`));
  const [live = [], cli = [], polled = []] = viaApi;
  const row = (way: string, samples: readonly number[]) => ({
    way,
    "p50 ms": median(samples),
    "p99 ms": percentile(samples, 99),
    shown: samples.length,
  });
  report(`${lines} lines, one every ${betweenMs} ms`, [
    row("StartLiveTail", live),
    row("hatoba logs --follow", cli),
    row("the polling of aws logs tail --follow", polled),
    row("tail -F of a file", viaTail),
  ]);
  const fails = [live, cli, polled].some((samples) => samples.length < lines || percentile(samples, 99) > limitMs);
  process.exitCode = fails ? 1 : 0;
} finally {
  ended.abort();
  logs.destroy();
  control.kill();
  await once(control, "exit");
  rmSync(dataDir, { recursive: true, force: true });
}

/** Tells of each line that it shows. */
type Showing = (listener: (line: string) => void) => void;

/** Milliseconds from each line's being handed over to its being shown, by way. */
async function measured(
  showings: readonly Showing[],
  write: (line: string) => Promise<void>,
): Promise<readonly (readonly number[])[]> {
  const begun = new Map<string, number>();
  const samples: number[][] = showings.map(() => []);
  for (const [at, showing] of showings.entries()) {
    showing((line) => {
      const start = begun.get(/line \d+ of this run/.exec(line)?.[0] ?? "");
      if (start !== undefined) samples[at]?.push(performance.now() - start);
    });
  }
  for (let at = -warmUp; at < lines; at++) {
    const line = at < 0 ? "warming up" : `line ${at} of this run`;
    begun.set(line, performance.now());
    await write(line);
    if (at === -1) await wait(pollMs);
    await wait(betweenMs);
  }
  for (let waited = 0; waited < 100 && samples.some((each) => each.length < lines); waited++) await wait(100);
  return samples;
}

async function overLiveTail(): Promise<Showing> {
  const { responseStream = [] } = await logs.send(
    new StartLiveTailCommand({
      logGroupIdentifiers: [`arn:aws:logs:us-east-1:000000000000:log-group:${place.logGroupName}`],
    }),
    { abortSignal: ended.signal },
  );
  let tell: (line: string) => void = () => undefined;
  const follow = async () => {
    for await (const { sessionUpdate } of responseStream) {
      for (const { message = "" } of sessionUpdate?.sessionResults ?? []) tell(message);
    }
  };
  void follow().catch(() => undefined);
  return (listener) => {
    tell = listener;
  };
}

async function overHatoba(): Promise<Showing> {
  const child = spawn(
    process.execPath,
    ["packages/cli/src/main.ts", "logs", place.logGroupName, "-f", "--data-dir", join(dataDir, "none")],
    { cwd: repository, env, stdio: ["ignore", "pipe", "inherit"], signal: ended.signal },
  );
  child.on("error", () => undefined);
  await wait(3_000); // it says nothing of being ready
  return linesOf(child.stdout);
}

function overTail(file: string): Showing {
  const child = spawn("tail", ["-n", "0", "-F", file], { stdio: ["ignore", "pipe", "ignore"], signal: ended.signal });
  child.on("error", () => undefined);
  return linesOf(child.stdout);
}

function linesOf(stream: Readable): Showing {
  const reader = createInterface(stream);
  return (listener) => void reader.on("line", listener);
}

/** As version 2 of the AWS CLI does it: on while there is a token, and five seconds of sleep where there is none. */
async function overPolling(): Promise<Showing> {
  const client = new CloudWatchLogsClient({
    endpoint,
    region: "us-east-1",
    credentials,
  });
  client.middlewareStack.add(
    (next) => (args) => {
      (args.request as { readonly headers: Record<string, string> }).headers["user-agent"] =
        "aws-cli/2.31.0 md/command#logs.tail";
      return next(args);
    },
    { step: "build", priority: "low" },
  );
  let tell: (line: string) => void = () => undefined;
  const follow = async () => {
    let startTime = Date.now() - 60_000;
    let nextToken: string | undefined;
    let newest = startTime;
    const seen = new Set<string>();
    while (!ended.signal.aborted) {
      const answer = await client.send(
        new FilterLogEventsCommand({ logGroupName: place.logGroupName, startTime, nextToken, interleaved: true }),
        { abortSignal: ended.signal },
      );
      for (const { eventId = "", message = "", timestamp = 0 } of answer.events ?? []) {
        if (!seen.has(eventId)) tell(message);
        seen.add(eventId);
        newest = Math.max(newest, timestamp);
      }
      nextToken = answer.nextToken;
      if (nextToken !== undefined) continue;
      startTime = newest;
      await wait(5_000, undefined, { signal: ended.signal });
    }
  };
  void follow().catch(() => undefined);
  return (listener) => {
    tell = listener;
  };
}

async function untilItAnswers(): Promise<void> {
  for (let tries = 0; tries < 300; tries++) {
    const ok = await fetch(`${endpoint}/healthz`).then(
      (response) => response.ok,
      () => false,
    );
    if (ok) return;
    await wait(100);
  }
  throw new Error("the control plane does not answer");
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port: found } = server.address() as { readonly port: number };
  server.close();
  return found;
}
