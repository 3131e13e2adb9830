import { spawn } from "node:child_process";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { clearUnusedRules, windowsServiceName } from "@hatoba/agent";
import { isSystemdRunning } from "../engine/advice.ts";
import { engineClient, probeEngine } from "../engine/engine.ts";
import { removeOurThings } from "../engine/our-things.ts";
import { prepareEngine, run } from "../engine/prepare-engine.ts";
import { fetchAuthority } from "../fleet/authority.ts";
import { exchange } from "../fleet/exchange.ts";
import { HouseElsewhere } from "../fleet/house-elsewhere.ts";
import {
  agentOf,
  forgetJoined,
  type JoinedMachine,
  joinedAgent,
  joinedFiles,
  readJoined,
  writeJoined,
} from "../fleet/joined-machine.ts";
import { systemdUnit, unitName, unitPath } from "../fleet/systemd-unit.ts";
import {
  installWindowsService,
  onThisMachine,
  uninstallWindowsService,
  windowsServiceOf,
} from "../fleet/windows-service.ts";
import { checkout, type Layout, layoutOf } from "../house/layout.ts";
import { runningProcess, startProcess, stopProcess } from "../house/processes.ts";
import { UserError } from "../terminal/user-error.ts";

export interface WhereOptions {
  readonly dataDir?: string;
}
export interface StartOptions extends WhereOptions {
  readonly detach?: boolean;
}
export interface JoinOptions extends StartOptions {
  readonly endpoint: string;
  readonly activationId: string;
  readonly activationCode: string;
  readonly cluster: string;
  readonly capacity: string;
  readonly zone?: string;
  readonly efsRoot?: string;
  readonly ca?: string;
  readonly caFingerprint?: string;
  readonly start: boolean;
  readonly service?: boolean;
}

/** `hatoba agent join`: makes this machine one of a house elsewhere, and starts its agent. @returns the exit code */
export async function joinHouse(options: JoinOptions): Promise<number> {
  const layout = layoutOf(options.dataDir);
  const before = readJoined(layout);
  if (before !== undefined) {
    throw new UserError(
      `This machine is ${before.instanceId} of ${before.endpoint} already. Start its agent with ./hatoba agent start, or\n` +
        "take it out first with ./hatoba agent leave",
    );
  }
  const { capacity } = options;
  if (capacity !== "EC2" && capacity !== "EXTERNAL") {
    throw new UserError(`--capacity takes EC2 or EXTERNAL, not ${capacity}`);
  }
  const endpoint = readEndpoint(options.endpoint);
  const authority = await authorityFor(endpoint, options);
  const { activationId, activationCode } = options;
  const request = { endpoint, activationId, activationCode };
  const { instanceId, region, ...key } = await exchange({
    ...request,
    ...(authority === undefined ? {} : { authority }),
  });
  const { cluster, zone, efsRoot } = options;
  const machine: JoinedMachine = {
    endpoint: endpoint.origin,
    instanceId,
    region,
    cluster,
    capacity,
    ...(zone === undefined ? {} : { zone }),
    ...(efsRoot === undefined ? {} : { efsRoot }),
  };
  writeJoined(layout, machine, key, authority);
  console.log(`This machine is ${instanceId} of ${endpoint.origin}, for the cluster ${cluster}.`);
  if (options.service) return await installService(options);
  return options.start ? await startAgent(options) : 0;
}

function readEndpoint(text: string): URL {
  if (!URL.canParse(text) || !/^https?:/.test(text)) {
    throw new UserError(`--endpoint takes a URL as https://10.0.0.5:4577, not ${text}`);
  }
  return new URL(text);
}

async function authorityFor(endpoint: URL, { ca, caFingerprint }: JoinOptions): Promise<string | undefined> {
  if (endpoint.protocol === "http:") {
    if (ca !== undefined || caFingerprint !== undefined)
      throw new UserError("--ca and --ca-fingerprint go with https://");
    console.warn("Warning: without TLS the code, and the key it brings, can be read on the way.");
    return undefined;
  }
  if (caFingerprint !== undefined) return await fetchAuthority(endpoint, caFingerprint);
  if (ca === undefined) return undefined;
  try {
    return readFileSync(ca, "utf8");
  } catch (cause) {
    throw new UserError(`--ca: ${ca} cannot be read.`, { cause });
  }
}

/** `hatoba agent start`: the agent of a joined machine, here until it is stopped, or in the background. @returns the exit code */
export async function startAgent({ dataDir, detach = false }: StartOptions): Promise<number> {
  const layout = layoutOf(dataDir);
  const machine = requireJoined(layout);
  if (runningProcess(layout, joinedAgent) !== undefined)
    throw new UserError("Its agent runs already, in the background.");
  console.log(`Docker Engine ${await prepareEngine(layout, (doing) => console.log(`  ${doing} ...`))} answers.`);
  const { command, env } = agentOf(layout, machine);
  if (!detach) return await runHere(command, env);
  startProcess(layout, joinedAgent, command, env);
  await waitUntilConnected(layout, machine);
  console.log(
    `The agent runs in the background, and is connected. Its log: ${join(layout.logDir, `${joinedAgent}.log`)}`,
  );
  return 0;
}

async function runHere(command: readonly string[], env: Readonly<Record<string, string | undefined>>): Promise<number> {
  const [program = "", ...args] = command;
  const child = spawn(program, args, { env, stdio: "inherit" });
  for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const) process.on(signal, () => child.kill(signal));
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  child.once("error", reject);
  child.once("close", (code) => resolve(code ?? 1));
  return await promise;
}

async function waitUntilConnected(layout: Layout, machine: JoinedMachine): Promise<void> {
  const house = new HouseElsewhere(layout, machine);
  for (const deadline = Date.now() + 30_000; ; await wait(100)) {
    const standing = await house.standing().catch(() => undefined);
    if (standing?.agentConnected) return;
    if (runningProcess(layout, joinedAgent) === undefined)
      throw new UserError(`The agent stopped at once.\n${logEnd(layout)}`);
    if (Date.now() > deadline) throw new UserError(`The agent does not get connected.\n${logEnd(layout)}`);
  }
}

function logEnd(layout: Layout): string {
  const path = join(layout.logDir, `${joinedAgent}.log`);
  const lines = existsSync(path) ? readFileSync(path, "utf8").trimEnd().split("\n").slice(-10) : [];
  return `${lines.join("\n")}\n(the whole log: ${path})`;
}

function requireJoined(layout: Layout): JoinedMachine {
  const machine = readJoined(layout);
  if (machine !== undefined) return machine;
  throw new UserError(
    "This machine has joined no house. ./hatoba activation create, there, prints the command that makes it one.",
  );
}

/** `hatoba agent install`: has systemd or the service manager of Windows run the agent, from now on and whenever this machine starts. @returns the exit code */
export async function installService({ dataDir }: WhereOptions): Promise<number> {
  const layout = layoutOf(dataDir);
  const machine = requireJoined(layout);
  if (process.platform === "win32") {
    const { command, env } = agentOf(layout, machine);
    await installWindowsService(windowsServiceOf(command, env), onThisMachine(run));
    console.log(`The service ${windowsServiceName} runs the agent. Its log is in %ProgramData%\\Hatoba\\ECS\\log.`);
    return 0;
  }
  const start = `./hatoba agent start --data-dir ${layout.dataDir}`;
  if (!isSystemdRunning()) {
    throw new UserError(
      `This machine is not run by systemd. Have its own service manager run, as root, and again when it fails unless with exit code 5:\n  ${join(checkout, start)}\nOr start it in the background:\n  ${start} --detach`,
    );
  }
  if (process.getuid?.() !== 0) {
    throw new UserError(`Only root installs services. Run: sudo ./hatoba agent install --data-dir ${layout.dataDir}`);
  }
  await stopProcess(layout, joinedAgent, 15);
  await prepareEngine(layout, (doing) => console.log(`  ${doing} ...`));
  writeFileSync(unitPath, systemdUnit({ program: join(checkout, "hatoba"), dataDir: layout.dataDir }));
  await run(["systemctl", "daemon-reload"]);
  await run(["systemctl", "enable", "--now", unitName]);
  console.log(`systemd runs the agent as ${unitName}. Its log: journalctl -u ${unitName}`);
  return 0;
}

/** `hatoba agent status`. @returns the exit code: 0 connected, 3 not */
export async function agentStatus({ dataDir }: WhereOptions): Promise<number> {
  const layout = layoutOf(dataDir);
  const machine = requireJoined(layout);
  console.log(`machine    ${machine.instanceId}, ${machine.capacity} capacity of the cluster ${machine.cluster}`);
  console.log(`house      ${machine.endpoint}`);
  const record = runningProcess(layout, joinedAgent);
  const unit = existsSync(unitPath) ? `, or run by systemd as ${unitName}` : "";
  console.log(`agent      ${record === undefined ? `not in the background${unit}` : `pid ${record.pid}`}`);
  try {
    const standing = await new HouseElsewhere(layout, machine).standing();
    if (standing === undefined) console.log("there      not registered yet");
    else {
      const { status, agentConnected, runningTasks } = standing;
      console.log(`there      ${status}, ${agentConnected ? "connected" : "not connected"}, ${runningTasks} tasks run`);
    }
    return standing?.agentConnected ? 0 : 3;
  } catch (error) {
    console.log(`there      ${error instanceof Error ? `${error.name}: ${error.message}` : String(error)}`);
    return 3;
  }
}

export interface LeaveOptions extends WhereOptions {
  readonly force?: boolean;
}

/** `hatoba agent leave`: takes this machine out of the house it joined; its tasks stop. */
export async function leaveHouse({ dataDir, force = false }: LeaveOptions): Promise<void> {
  const layout = layoutOf(dataDir);
  const machine = requireJoined(layout);
  try {
    await new HouseElsewhere(layout, machine).leave();
  } catch (cause) {
    const why = cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause);
    if (!force) {
      throw new UserError(
        `${machine.endpoint} was not told: ${why}\nWith --force this machine forgets it all the same; there, run: aws ssm deregister-managed-instance --instance-id ${machine.instanceId}`,
        { cause },
      );
    }
    console.warn(`${machine.endpoint} was not told: ${why}`);
  }
  if (process.platform === "win32") {
    const { command, env } = agentOf(layout, machine);
    await uninstallWindowsService(windowsServiceOf(command, env), { run });
  }
  if (existsSync(unitPath) && readFileSync(unitPath, "utf8").includes(`"${layout.dataDir}"`)) {
    await run(["systemctl", "disable", "--now", unitName]);
    rmSync(unitPath);
  }
  await stopProcess(layout, joinedAgent, 15);
  if ((await probeEngine()).state === "answers") await removeOurThings(engineClient(), layout.houseId);
  await clearUnusedRules();
  const { directory } = joinedFiles(layout);
  forgetJoined(layout);
  console.log(`This machine has left ${machine.endpoint}. Its key and state, in ${directory}, are gone.`);
}
