import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { randomBytes, randomInt } from "node:crypto";
import { once } from "node:events";
import { closeSync, existsSync, globSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { buildImage, busyboxImage } from "../../packages/agent/src/images/build-image.ts";
import { DockerEngine } from "../../packages/agent/src/runtime/docker-engine.ts";
import { testBusybox } from "./image.ts";

export interface PrivateEngineOptions {
  /** Containers go on while the engine is away, as with `"live-restore": true` in its configuration. */
  readonly liveRestore?: boolean;
}

/**
 * A container engine of a test's own, which may be stopped, killed and started again without touching the machine's: its
 * own folders, socket, bridge and containerd; it leaves the machine's packet filter alone. Needs root and `dockerd`.
 */
export class PrivateEngine implements AsyncDisposable {
  /** As DOCKER_HOST spells it. */
  readonly dockerHost: string;
  readonly #folder: string;
  readonly #bridge: string;
  readonly #options: PrivateEngineOptions;
  #process: ChildProcess | undefined;

  private constructor(folder: string, options: PrivateEngineOptions) {
    this.#folder = folder;
    this.#bridge = `htb${randomBytes(4).toString("hex")}`;
    this.#options = options;
    this.dockerHost = `unix://${join(folder, "d.sock")}`;
  }

  /** Resolves once it answers and has the busybox image. @throws Error that says what is missing, or the engine's last words. */
  static async start(options: PrivateEngineOptions = {}): Promise<PrivateEngine> {
    if (process.getuid?.() !== 0) throw new Error("A private container engine can only be started by root.");
    sweep();
    const engine = new PrivateEngine(mkdtempSync(join(tmpdir(), "htb-")), options);
    try {
      writeFileSync(join(engine.#folder, "owner"), JSON.stringify({ pid: process.pid, bridge: engine.#bridge }));
      engine.#addBridge();
      await engine.start();
      const client = new DockerEngine(engine.dockerHost);
      await buildImage(client, { tag: busyboxImage, busybox: await testBusybox() });
      client.close();
      return engine;
    } catch (error) {
      await engine[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** Starts it again after `stop` or `kill`, on the same folders. */
  async start(): Promise<void> {
    // In place of the machine's own settings.
    writeFileSync(join(this.#folder, "daemon.json"), "{}");
    const log = openSync(join(this.#folder, "log"), "a");
    const started = spawn("dockerd", this.#arguments(), { stdio: ["ignore", log, log] });
    closeSync(log);
    started.on("error", () => undefined); // shows as an end below
    this.#process = started;
    process.once("exit", this.#atExit);
    const client = new DockerEngine(this.dockerHost);
    try {
      while (!(await answers(client))) {
        if (started.pid === undefined)
          throw new Error("A private container engine needs dockerd, which is not installed.");
        if (started.exitCode !== null) throw new Error(`dockerd ended:\n${this.lastWords()}`);
        await wait(50);
      }
    } finally {
      client.close();
    }
  }

  /** An orderly end: without live-restore it stops its containers first. */
  async stop(): Promise<void> {
    await this.#end("SIGTERM");
  }

  /** As a crash: containers go on, unseen, until it is started again. */
  async kill(): Promise<void> {
    await this.#end("SIGKILL");
    // Its containerd dies with it, but stays in the process table where nobody collects it: the next one would wait for it.
    while (this.#processes().some(({ command }) => command.startsWith("containerd\0"))) await wait(10);
    rmSync(join(this.#folder, "exec", "containerd", "containerd.pid"), { force: true });
  }

  /** The end of its log. */
  lastWords(): string {
    return readFileSync(join(this.#folder, "log"), "utf8").split("\n").slice(-15).join("\n");
  }

  /** Removes its containers, ends it and its containerd, and leaves no mount, bridge or file behind. */
  async [Symbol.asyncDispose](): Promise<void> {
    try {
      if (existsSync(join(this.#folder, "data"))) await this.#removeContainers();
    } catch {
      // It does not come back: #killRest ends what it left.
    } finally {
      await this.stop();
      this.#killRest();
      erase(this.#folder, this.#bridge);
    }
  }

  #arguments(): readonly string[] {
    const folder = this.#folder;
    return [
      `--host=${this.dockerHost}`,
      `--data-root=${join(folder, "data")}`,
      `--exec-root=${join(folder, "exec")}`,
      `--pidfile=${join(folder, "pid")}`,
      `--config-file=${join(folder, "daemon.json")}`,
      `--bridge=${this.#bridge}`,
      "--iptables=false",
      "--ip6tables=false",
      "--ip-masq=false",
      "--ip-forward=false",
      // Should the machine have a containerd of its own, the containers of both engines stay apart in it.
      `--containerd-namespace=${this.#bridge}`,
      `--containerd-plugins-namespace=${this.#bridge}p`,
      ...(this.#options.liveRestore === true ? ["--live-restore"] : []),
    ];
  }

  #addBridge(): void {
    const address = `10.214.${randomInt(256)}.1/24`;
    execFileSync("ip", ["link", "add", this.#bridge, "type", "bridge"]);
    execFileSync("ip", ["address", "add", address, "dev", this.#bridge]);
    execFileSync("ip", ["link", "set", this.#bridge, "up"]);
  }

  async #removeContainers(): Promise<void> {
    if (this.#process === undefined) await this.start();
    const client = new DockerEngine(this.dockerHost);
    const containers = await client.call<readonly { Id: string }[]>("GET", "/containers/json", {
      query: { all: true },
    });
    for (const { Id } of containers)
      await client.call("DELETE", `/containers/${Id}`, { query: { force: true, v: true } });
    client.close();
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const running = this.#process;
    this.#process = undefined;
    process.removeListener("exit", this.#atExit);
    if (running === undefined || running.pid === undefined || running.exitCode !== null) return;
    const exited = once(running, "exit");
    running.kill(signal);
    await exited;
  }

  /** Whatever still runs of it, as after an engine that did not come back: first the containers, then what watches over them. */
  #killRest(): void {
    const rest = this.#processes().map(({ pid }) => pid);
    const containers = runningProcesses().filter(({ parent }) => rest.includes(parent));
    for (const pid of [...containers.map((container) => container.pid), ...rest]) quietly("kill", ["-9", String(pid)]);
  }

  #processes() {
    return runningProcesses().filter(({ command }) => command.includes(`${this.#folder}/`));
  }

  readonly #atExit = () => void this.#process?.kill("SIGTERM");
}

async function answers(client: DockerEngine): Promise<boolean> {
  try {
    await client.call("GET", "/version", { timeoutMs: 5_000 });
    return true;
  } catch {
    return false;
  }
}

interface RunningProcess {
  readonly pid: number;
  readonly parent: number;
  /** Its arguments, with a zero byte between them. */
  readonly command: string;
}

function runningProcesses(): readonly RunningProcess[] {
  return globSync("[0-9]*", { cwd: "/proc" }).flatMap((pid) => {
    try {
      const command = readFileSync(`/proc/${pid}/cmdline`, "utf8");
      const parent = /^PPid:\s*(\d+)$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
      return [{ pid: Number(pid), parent: Number(parent), command }];
    } catch {
      return []; // it has ended meanwhile
    }
  });
}

/** Clears away what test processes left that were killed themselves; their engines ended with them, or are left alone. */
function sweep(): void {
  const running = runningProcesses();
  for (const file of globSync("htb-*/owner", { cwd: tmpdir() })) {
    const folder = dirname(join(tmpdir(), file));
    const { pid, bridge } = JSON.parse(readFileSync(join(folder, "owner"), "utf8")) as { pid: number; bridge: string };
    const inUse = running.some((one) => one.pid === pid || one.command.includes(`${folder}/`));
    if (!inUse) erase(folder, bridge);
  }
}

function erase(folder: string, bridge: string): void {
  unmountBelow(folder);
  rmSync(folder, { recursive: true, force: true });
  quietly("ip", ["link", "delete", bridge]);
}

function unmountBelow(folder: string): void {
  const mounted = readFileSync("/proc/self/mounts", "utf8")
    .split("\n")
    .map((line) => line.split(" ")[1] ?? "")
    .filter((path) => path.startsWith(`${folder}/`));
  for (const path of mounted.toReversed()) quietly("umount", ["-l", path]);
}

function quietly(command: string, parameters: readonly string[]): void {
  try {
    execFileSync(command, parameters, { stdio: "ignore" });
  } catch {
    // It is gone already.
  }
}
