import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import type { Layout } from "../house/layout.ts";
import { isRunning, runningProcess, startProcess, stopProcess } from "../house/processes.ts";
import { UserError } from "../terminal/user-error.ts";
import { isSystemdRunning, type MachineFacts, planEngine } from "./advice.ts";
import { type EngineState, engineProgram, probeEngine } from "./engine.ts";

/** The name under which an engine that we started is written down. */
const engineProcess = "container-engine";

/**
 * Sees to it that a container engine answers: installs the distribution's and starts it if this user may.
 * @param say hears what is being done, a phrase at a time
 * @returns the engine's version
 * @throws UserError with the exact commands, if it may not or cannot
 */
export async function prepareEngine(layout: Layout, say: (doing: string) => void): Promise<string> {
  const engine = await probeEngine();
  const plan = planEngine(machineFacts(engine));
  if (plan.do === "ask") throw new UserError(plan.message);
  if (plan.do === "prepare") {
    if (plan.install) await installEngine(say);
    say("starting the container engine");
    if (plan.startWith === "systemd") await run(["systemctl", "start", "docker"]);
    else startEngine(layout);
  }
  return await engineVersion(layout);
}

/** What `planEngine` needs to know of this machine. */
export const machineFacts = (engine: EngineState): MachineFacts => ({
  engine,
  program: engineProgram(),
  root: process.getuid?.() === 0,
  systemd: isSystemdRunning(),
  packages: existsSync("/usr/bin/apt-get") ? "apt" : existsSync("/usr/bin/dnf") ? "dnf" : "none",
  linux: process.platform === "linux",
});

/** Stops the engine if `prepareEngine` started it by hand for this house. @returns whether there was one */
export const stopEngine = (layout: Layout): Promise<boolean> => stopProcess(layout, engineProcess, 30);

function startEngine(layout: Layout): void {
  const program = engineProgram();
  if (program === undefined)
    throw new UserError("The container engine was installed, but its program dockerd is not to be found.");
  startProcess(layout, engineProcess, [program], process.env);
}

async function engineVersion(layout: Layout): Promise<string> {
  for (const deadline = Date.now() + 60_000; ; ) {
    const engine = await probeEngine();
    if (engine.state === "answers") return engine.version;
    if (engine.state === "refused") throw new UserError("The container engine runs, but this user may not use it.");
    const ours = runningProcess(layout, engineProcess);
    const ended = existsSync(join(layout.runDir, `${engineProcess}.json`)) && (ours === undefined || !isRunning(ours));
    if (ended || Date.now() > deadline)
      throw new UserError(`The container engine does not come up: ${lastWords(layout) ?? engine.reason}`);
    await wait(100);
  }
}

/** The last line of the engine's own log that speaks of an error. */
function lastWords(layout: Layout): string | undefined {
  const path = join(layout.logDir, `${engineProcess}.log`);
  if (!existsSync(path)) return undefined;
  const lines = readFileSync(path, "utf8").trimEnd().split("\n");
  return lines.findLast((line) => /error|fail/i.test(line)) ?? lines.at(-1);
}

async function installEngine(say: (doing: string) => void): Promise<void> {
  if (existsSync("/usr/bin/apt-get")) {
    say("fetching the package list");
    await run(["apt-get", "update", "-qq"]);
    say("installing the container engine (docker.io)");
    await run(["apt-get", "install", "-y", "-qq", "--no-install-recommends", "docker.io", "iptables"]);
  } else {
    say("installing the container engine (moby-engine)");
    await run(["dnf", "install", "-y", "-q", "moby-engine"]);
  }
}

/** Runs a program to its end. @throws UserError with the end of what it printed, if it fails */
export async function run([file = "", ...args]: readonly string[]): Promise<void> {
  const child = spawn(file, args, {
    env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  const keep = (chunk: Buffer) => {
    output = (output + chunk.toString()).slice(-4000);
  };
  child.stdout.on("data", keep);
  child.stderr.on("data", keep);
  const { promise, resolve, reject } = Promise.withResolvers<number | null>();
  child.on("error", reject);
  child.on("close", resolve);
  const code = await promise;
  if (code !== 0) throw new UserError(`${[file, ...args].join(" ")} failed (${code}):\n${output.trim()}`);
}
