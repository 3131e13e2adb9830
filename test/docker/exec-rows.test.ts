import { type ChildProcess, spawn } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { getCACertificates, setDefaultCACertificates } from "node:tls";
import { ECSClient, ExecuteCommandCommand } from "@aws-sdk/client-ecs";
import { DescribeSessionsCommand, ResumeSessionCommand, SSMClient, StartSessionCommand } from "@aws-sdk/client-ssm";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { encodeSmux, SmuxDecoder } from "../../packages/agent/src/sessions/smux.ts";
import { flagPayload, flags, payloadTypes } from "../../packages/contract/src/index.ts";
import { type Cut, CutWire } from "../exec/cut-wire.ts";
import { type ExecHouse, execHouse } from "../exec/exec-house.ts";
import { PtyProcess } from "../exec/pty.ts";
import { type Access, SocketClient } from "../exec/socket-client.ts";
import type { ClientHabits } from "../harness/data-channel-client.ts";
import { describeTask, eventually, repository } from "./house.ts";

// Rows of the exec session protocol, section 5, that need time, broken connections, or another client than ours.

/** In seconds: the house's own limits, short enough to wait for. The reader below stalls for less than the first. */
const limits = { idle: 8, detach: 4 };
const stallMs = 5_000;
const sha256 = (bytes: string | Uint8Array) => createHash("sha256").update(bytes).digest("hex");

let exec: ExecHouse;
let task = "";
let clients: Clients;
beforeAll(async () => {
  exec = await execHouse({
    HATOBA_SESSION_IDLE_TIMEOUT: `${limits.idle}s`,
    HATOBA_SESSION_DETACH_LIMIT: `${limits.detach}s`,
  });
  clients = clientsOf(exec.house.env, exec.house.endpoint);
  // A web server that listens on the container's own loopback address alone.
  const serve = [
    "mkdir /w; echo inside > /w/page; head -c 3000000 /dev/urandom > /w/large; sha256sum /w/large > /w/digest",
    "exec httpd -f -p 127.0.0.1:8080 -h /w",
  ].join("; ");
  task = await exec.run([{ command: ["sh", "-c", serve], memory: 256, stopTimeout: 2 }]);
});
afterAll(() => exec.house.down());

interface Clients {
  readonly ecs: ECSClient;
  readonly ssm: SSMClient;
}

function clientsOf(env: Readonly<Record<string, string>>, endpoint: string): Clients {
  const credentials = {
    accessKeyId: env["AWS_ACCESS_KEY_ID"] ?? "",
    secretAccessKey: env["AWS_SECRET_ACCESS_KEY"] ?? "",
  };
  const options = { endpoint, region: env["AWS_REGION"] ?? "", credentials };
  return { ecs: new ECSClient(options), ssm: new SSMClient(options) };
}

/** A terminal session by our own data-channel client. */
async function openTerminal(command: string, by = clients, habits: ClientHabits = {}) {
  const { session } = await by.ecs.send(new ExecuteCommandCommand({ task, command, interactive: true }));
  const access: Access = {
    sessionId: session?.sessionId ?? "",
    streamUrl: session?.streamUrl ?? "",
    tokenValue: session?.tokenValue ?? "",
  };
  return { ...access, client: new SocketClient(by.ssm, access, habits) };
}

async function openPort(portNumber: number, habits: ClientHabits) {
  const { containers = [], taskArn = "" } = await describeTask(exec.house, task);
  const { SessionId, StreamUrl, TokenValue } = await clients.ssm.send(
    new StartSessionCommand({
      Target: `ecs:default_${taskArn.split("/").at(-1)}_${containers[0]?.runtimeId}`,
      DocumentName: "AWS-StartPortForwardingSession",
      Parameters: { portNumber: [String(portNumber)] },
    }),
  );
  const access = { sessionId: SessionId ?? "", streamUrl: StreamUrl ?? "", tokenValue: TokenValue ?? "" };
  return new SocketClient(clients.ssm, access, { saysNoSize: true, ...habits });
}

const shows = (client: SocketClient, what: string) =>
  eventually(
    `${what} after ${JSON.stringify(client.channel.text.slice(-300))}`,
    async () => (client.channel.text.includes(what) ? true : undefined),
    20,
  );

function start(words: readonly string[], stdin: "pipe" | "ignore", env: NodeJS.ProcessEnv = {}): ChildProcess {
  const child = spawn(join(repository, "hatoba"), ["exec", ...words], {
    env: { ...process.env, HATOBA_DATA_DIR: exec.house.dataDir, ...env },
    stdio: [stdin, "pipe", "pipe"],
  });
  child.stdin?.on("error", () => undefined);
  return child;
}

async function finish(child: ChildProcess) {
  const parts = { out: [] as Buffer[], err: [] as Buffer[] };
  child.stdout?.on("data", (chunk: Buffer) => parts.out.push(chunk));
  child.stderr?.on("data", (chunk: Buffer) => parts.err.push(chunk));
  const [code] = (await once(child, "close")) as [number | null];
  return { code, out: Buffer.concat(parts.out), err: Buffer.concat(parts.err).toString() };
}

const atTerminal = (words: readonly string[]) =>
  new PtyProcess(words, { env: { HATOBA_DATA_DIR: exec.house.dataDir } });
const hatobaExec = (...words: string[]) => [join(repository, "hatoba"), "exec", task, ...words];

/** Only the container's own program is left. */
const nothingLeft = () =>
  eventually("no process but the container's own", async () => {
    const processes = await exec.processes(task);
    return processes.length === 1 ? true : undefined;
  });

/** How long something takes, in milliseconds. */
async function timeOf(what: Promise<unknown>): Promise<number> {
  const since = performance.now();
  await what;
  return performance.now() - since;
}

async function statusOf(sessionId: string): Promise<string | undefined> {
  const answers = await Promise.all(
    (["Active", "History"] as const).map((State) => clients.ssm.send(new DescribeSessionsCommand({ State }))),
  );
  return answers.flatMap(({ Sessions = [] }) => Sessions).find((each) => each.SessionId === sessionId)?.Status;
}
const becomes = (sessionId: string, status: string) =>
  eventually(`${sessionId} ${status}`, async () => ((await statusOf(sessionId)) === status ? true : undefined));

describe("a client that goes", () => {
  test("input that has ended ends the shell of a session without a terminal", async () => {
    expect((await finish(start([task, "sh"], "ignore"))).code).toBe(0);
    await nothingLeft();
  });

  test("a terminal client whose input has ended leaves by itself; its shell goes after the detach limit", async () => {
    const { client, sessionId } = await openTerminal("sh -c 'echo rea\"d\"y; exec sleep 7201'");
    await shows(client, "ready");
    client.leave();
    expect(await client.over).toBe("left");
    await becomes(sessionId, "Disconnected");
    await exec.processesBecome(task, "sleep 7201", 1);
    expect(await timeOf(nothingLeft())).toBeGreaterThan((limits.detach - 2) * 1000);
    await becomes(sessionId, "Terminated");
    const { TokenValue } = await clients.ssm.send(new ResumeSessionCommand({ SessionId: sessionId }));
    expect(TokenValue ?? "").toBe("");
  });

  test("a client that is killed: the shell is kept for the time of a resume, then ended with what it runs", async () => {
    const pty = atTerminal(hatobaExec("sh", "-c", 'sleep 7202 & echo rea"d"y; sleep 7202'));
    await pty.until("ready");
    const sleepers = async () => (await exec.processes(task)).filter((line) => line.endsWith(" sleep 7202"));
    await eventually("both of them", async () => ((await sleepers()).length === 2 ? true : undefined), 10);
    process.kill(pty.pid, "SIGKILL");
    await pty.exit();
    expect(await sleepers()).toHaveLength(2);
    expect(await timeOf(nothingLeft())).toBeGreaterThan((limits.detach - 2) * 1000);
  });
});

describe("a connection that is cut", () => {
  let wire: CutWire;
  let throughWire: Clients;
  beforeAll(async () => {
    wire = await CutWire.to(exec.house.endpoint);
    throughWire = clientsOf(exec.house.env, wire.endpoint);
  });
  afterAll(() => wire.close());

  const cutBy = (how: Cut | "close frame", client: SocketClient) =>
    how === "close frame" ? client.hangUp() : expect(wire.cut(how)).toBeGreaterThan(0);
  const comesBack = (client: SocketClient, times: number) =>
    eventually(`resumed ${times} times`, async () => (client.resumed >= times ? true : undefined));
  const ways = ["reset", "end", "close frame"] as const;

  test("while output runs: the same shell, nothing lost and nothing twice", async () => {
    const { client } = await openTerminal("env PS1='$ ' sh", throughWire);
    await shows(client, "$ ");
    client.channel.type("stty -echo -onlcr; echo pid=$$=\r");
    await shows(client, "=\n");
    const lines = 200_000;
    client.channel.type(`seq ${lines}; echo pid=$$=\r`);
    for (const [index, how] of ways.entries()) {
      const { received } = client.channel;
      await eventually("more output", async () => (client.channel.received > received + 3 ? true : undefined));
      cutBy(how, client);
      await comesBack(client, index + 1);
    }
    await shows(client, `\n${lines}\npid=`);
    await shows(client, "=\n$ ");
    const [, first, body = "", second] = /pid=(\d+)=\n\$ ([^]*)pid=(\d+)=\n\$ /.exec(client.channel.text) ?? [];
    expect(second).toBe(first);
    const expected = Array.from({ length: lines }, (_, index) => `${index + 1}\n`).join("");
    expect(sha256(body)).toBe(sha256(expected));
    client.channel.type("exit 3\r");
    expect(await client.over).toBe("closed");
    expect(client.channel.closed?.exitCode).toBe(3);
  });

  test("while somebody types: every key arrives once, in order", async () => {
    const keys = Array.from({ length: 600 }, (_, index) => `key ${index}\n`);
    const text = keys.join("");
    const { client } = await openTerminal(
      `sh -c 'stty raw -echo; echo REA"D"Y; head -c ${text.length} | sha256sum'`,
      throughWire,
    );
    await shows(client, "READY");
    for (const [index, how] of ways.entries()) {
      // Half of them before the cut, half while there is no connection.
      const [before, after] = [
        keys.slice(index * 200, index * 200 + 100),
        keys.slice(index * 200 + 100, (index + 1) * 200),
      ];
      for (const key of before) client.channel.type(key);
      cutBy(how, client);
      for (const key of after) client.channel.type(key);
      await comesBack(client, index + 1);
    }
    await shows(client, sha256(text));
    expect(await client.over).toBe("closed");
  });

  test("hatoba exec goes on as well", async () => {
    const nowhere = mkdtempSync(join(tmpdir(), "hatoba-nowhere-"));
    const env = { ...exec.house.env, AWS_ENDPOINT_URL: wire.endpoint, HATOBA_DATA_DIR: nowhere };
    const child = start([task, "sh", "-c", "echo ready >&2; cat"], "pipe", env);
    await once(child.stderr!, "data");
    const bytes = randomBytes(2 * 1024 * 1024);
    const over = finish(child);
    for (const [index, how] of (["reset", "end"] as const).entries()) {
      child.stdin?.write(bytes.subarray(index * 500_000, (index + 1) * 500_000));
      await eventually("a connection to cut", async () => (wire.cut(how) > 0 ? true : undefined));
    }
    child.stdin?.end(bytes.subarray(1_000_000));
    const { code, out } = await over;
    expect([code, out.length, sha256(out)]).toEqual([0, bytes.length, sha256(bytes)]);
    rmSync(nowhere, { recursive: true });
  });
});

describe("a forwarded port, while another session is idle", () => {
  let idle: SocketClient;
  let lasted: Promise<number>;
  beforeAll(async () => {
    idle = (await openTerminal("sh -c 'echo rea\"d\"y; exec sleep 7204'")).client;
    await shows(idle, "ready");
    lasted = timeOf(idle.over);
  });

  /** This version and older ones carry one connection at a time. */
  const basic: ClientHabits = { clientVersion: "1.1.60.0" };
  const request = (path: string) => Buffer.from(`GET ${path} HTTP/1.0\r\n\r\n`);
  const begun = (client: SocketClient) =>
    eventually("the handshake", async () => (client.channel.isHeard && client.channel.received > 2 ? true : undefined));

  test("one connection at a time, to what listens on the container's loopback address alone", async () => {
    const client = await openPort(8080, basic);
    await begun(client);
    // A first connection that ends before it has asked for anything, and a second one.
    client.channel.type("GET /not-");
    client.channel.sendStream(payloadTypes.flag, flagPayload(flags.disconnectToPort));
    client.channel.type(request("/page"));
    await shows(client, "inside\n");
    expect(client.channel.text).toMatch(/^HTTP\/1.\d 200 OK\r\n/);
    expect(await client.over).toBe("closed");
  });

  test("a port that nobody listens on is said so", async () => {
    const client = await openPort(9, basic);
    expect(await client.over).toBe("closed");
    expect(client.channel.closed?.output).toMatch(/Connection to localhost:9 failed: .*ECONNREFUSED/);
  });

  test("four connections at once through one session", async () => {
    const client = await openPort(8080, {});
    await begun(client);
    const paths = new Map<number, string>([3, 5, 7, 9].map((stream) => [stream, "/large"])).set(11, "/digest");
    for (const [stream, path] of paths)
      client.channel.type(Buffer.concat([encodeSmux("SYN", stream), encodeSmux("PSH", stream, request(path))]));
    const bodies = await answers(client, paths.size);
    const digest = bodies.get(11)?.toString().slice(0, 64);
    expect([3, 5, 7, 9].map((stream) => sha256(bodies.get(stream) ?? ""))).toEqual(Array(4).fill(digest));
    client.channel.sendStream(payloadTypes.flag, flagPayload(flags.terminateSession));
    expect(await client.over).toBe("closed");
  });

  test("a connection of several that is refused is flagged, and the session goes on", async () => {
    const client = await openPort(9, {});
    await begun(client);
    for (const times of [1, 2]) {
      client.channel.type(encodeSmux("SYN", 1 + 2 * times));
      await eventually("flag 3", async () => (client.channel.flags.length === times ? true : undefined));
    }
    expect(client.channel.flags).toEqual([flags.connectToPortError, flags.connectToPortError]);
    client.channel.sendStream(payloadTypes.flag, flagPayload(flags.terminateSession));
    expect(await client.over).toBe("closed");
  });

  test("without input and output for the limit a session is closed with a text, and its process is gone", async () => {
    expect(await lasted).toBeGreaterThan((limits.idle - 2) * 1000);
    // Clients put the session's id before it.
    expect(idle.channel.closed?.output).toBe("Your session timed out due to inactivity and has been terminated.");
    await nothingLeft();
  });

  /** What came on each stream behind the head of an HTTP answer, once so many have ended. */
  async function answers(client: SocketClient, count: number): Promise<ReadonlyMap<number, Buffer>> {
    const decoder = new SmuxDecoder();
    const parts = new Map<number, Buffer[]>();
    let [seen, ended] = [0, 0];
    await eventually("all answers", async () => {
      const news = client.channel.shown.slice(seen);
      seen += news.length;
      for (const { command, stream, data } of news.flatMap((bytes) => [...decoder.push(bytes)])) {
        if (command === "FIN") ended += 1;
        else parts.set(stream, [...(parts.get(stream) ?? []), Buffer.from(data)]);
      }
      return ended === count ? true : undefined;
    });
    const body = (answer: Buffer) => answer.subarray(answer.indexOf("\r\n\r\n") + 4);
    return new Map([...parts].map(([stream, chunks]) => [stream, body(Buffer.concat(chunks))]));
  }
});

describe("large amounts", () => {
  test("a reader that stalls holds the program up, and nobody's memory grows; then all of it comes", async () => {
    const size = 10 * 1024 * 1024;
    const make = `head -c ${size} /dev/urandom > /tmp/x; sha256sum /tmp/x >&2`;
    const child = start([task, "sh", "-c", `${make}; cat /tmp/x; rm /tmp/x`], "ignore");
    // Another one that would never end.
    const endless = start([task, "cat", "/dev/urandom"], "ignore");
    await Promise.all([once(child.stdout!, "readable"), once(endless.stdout!, "readable")]);
    const before = residentMiB();
    const most = { "control-plane": 0, agent: 0 };
    const until = performance.now() + stallMs;
    await eventually("the end of the stall", async () => {
      const now = residentMiB();
      for (const name of processNames) most[name] = Math.max(most[name], now[name]);
      return performance.now() > until ? true : undefined;
    });
    await exec.processesBecome(task, "cat /tmp/x", 2);
    for (const name of processNames) expect(most[name] - before[name]).toBeLessThan(64);
    const { code, out, err } = await finish(child);
    expect([code, out.length]).toEqual([0, size]);
    expect(err.slice(0, 64)).toBe(sha256(out));
    endless.kill("SIGTERM");
    endless.stdout?.resume();
    await once(endless, "close");
    await nothingLeft();
  });

  test("a megabyte that is typed at a terminal in raw mode arrives", async () => {
    const size = 1024 * 1024;
    const text = randomBytes(size / 2).toString("hex");
    const pty = atTerminal(hatobaExec("sh", "-c", `stty raw -echo; echo REA"D"Y; head -c ${size} | sha256sum`));
    await pty.until("READY");
    // As a terminal takes what is pasted: a little at a time.
    for (let at = 0; at < size; at += 1024) pty.type(text.slice(at, at + 1024));
    await pty.until(sha256(text));
    expect(await pty.exit()).toBe(0);
  });
});

test.each([
  ["the command ends", hatobaExecLine('sh -c "stty raw -echo; echo begun; exit 3"'), 3],
  ["the command is not there", hatobaExecLine("/bin/nope"), 255],
  ["the client is ended", `timeout --foreground 3 ${hatobaExecLine('sh -c "echo begun; exec sleep 7208"')}`, 124],
])("the terminal is as it was before when %s", async (_, line, code) => {
  const script = `T=${task}; stty intr ^A -ixon; echo "[$(stty -g)]"; ${line}; echo "code=$?="; echo "[$(stty -g)]"`;
  const pty = atTerminal(["sh", "-c", script]);
  expect(await pty.until(/code=\d+=/)).toContain(`code=${code}=`);
  await pty.exit();
  const [before, after] = [...pty.shown.toString().matchAll(/\[([0-9a-f:]+)\]/g)].map(([, settings]) => settings);
  expect(before).toMatch(/^[0-9a-f:]{20,}$/);
  expect(after).toBe(before);
  await nothingLeft();
});
function hatobaExecLine(command: string): string {
  return `${join(repository, "hatoba")} exec $T ${command}`;
}

// The last ones: from here on the house speaks TLS.
describe("a house with --tls", () => {
  let secure: Clients;
  let env: Readonly<Record<string, string>>;
  beforeAll(async () => {
    for (const name of ["agent", "agent-fargate", "control-plane"] as const) exec.house.kill(name);
    await exec.house.hatoba("up", "--tls");
    env = Object.fromEntries(
      [...(await exec.house.hatoba("env")).matchAll(/^export (\w+)='(.*)'$/gm)].map(([, name, value]) => [name, value]),
    );
    secure = clientsOf(env, env["AWS_ENDPOINT_URL"] ?? "");
  });

  test("who does not know its authority is told so", async () => {
    const nowhere = mkdtempSync(join(tmpdir(), "hatoba-nowhere-"));
    const words = [task, "echo", "inside"];
    const untrusting = { ...env, HATOBA_DATA_DIR: nowhere, NODE_EXTRA_CA_CERTS: undefined };
    const { code, err } = await finish(start(words, "ignore", untrusting));
    expect(code).not.toBe(0);
    expect(err).toMatch(/^\s*The certificate of https:\S+ is not trusted: .*\n.*NODE_EXTRA_CA_CERTS.*\n$/);
    rmSync(nowhere, { recursive: true });
    await expect(openTerminal("sh", secure)).rejects.toThrow(/certificate/);
  });

  test("hatoba exec, and another client over wss that trusts it, work", async () => {
    const { code, out } = await finish(start([task, "echo", "inside"], "ignore"));
    expect([code, out.toString()]).toEqual([0, "inside\n"]);
    const defaults = getCACertificates("default");
    setDefaultCACertificates([...defaults, readFileSync(env["NODE_EXTRA_CA_CERTS"] ?? "", "utf8")]);
    try {
      const { client, streamUrl } = await openTerminal(
        "env PS1='$ ' sh",
        clientsOf(env, env["AWS_ENDPOINT_URL"] ?? ""),
      );
      expect(streamUrl).toMatch(/^wss:/);
      await shows(client, "$ ");
      client.channel.type("exit 5\r");
      expect(await client.over).toBe("closed");
      expect(client.channel.closed?.exitCode).toBe(5);
    } finally {
      setDefaultCACertificates(defaults);
    }
  });
});

const processNames = ["control-plane", "agent"] as const;

/** Resident memory of the house's processes. */
function residentMiB(): Readonly<Record<(typeof processNames)[number], number>> {
  const of = (name: string) => {
    const { pid } = JSON.parse(readFileSync(join(exec.house.dataDir, "run", `${name}.json`), "utf8")) as {
      pid: number;
    };
    return Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]) / 1024;
  };
  return { "control-plane": of("control-plane"), agent: of("agent") };
}
