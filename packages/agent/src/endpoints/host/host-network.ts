import { execFile } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { endpointRules, iptablesArguments, type Rule } from "./rules.ts";

const run = promisify(execFile);
const search = { env: { ...process.env, PATH: `${process.env["PATH"] ?? ""}:/usr/sbin:/sbin` } };

/** Why 169.254.170.2 cannot be made to reach the agent on this machine; the message is for its log and `hatoba doctor`. */
export class HostNetworkError extends Error {
  override readonly name = "HostNetworkError";
}

export interface HostNetworkOptions {
  /** The bridges of the container engine; all others of this machine stay as they are. */
  readonly engineBridges?: () => Promise<readonly string[]>;
  /** Where `/proc` and `/sys` are. */
  readonly root?: string;
}

/** The bridge of an engine's own default network, for an engine that cannot be asked at the moment. */
const defaultBridges = ["docker0"];
/** Bridges whose names an engine chose. Such a network may be in the making, and not be listed yet. */
const isEngineName = (bridge: string) => /^br-[0-9a-f]{12}$/.test(bridge);

/** The packet filter and the bridges of this machine, or of the network namespace that the agent lives in. */
export class HostNetwork {
  readonly #notesDir: string;
  readonly #root: string;
  readonly #engineBridges: () => Promise<readonly string[]>;
  /** Bridges that the engine, when it was asked last, did not call its own. */
  readonly #foreign = new Set<string>();

  /** @param dir of all agents of this network namespace; what was opened is noted there, so that any of them can close it. */
  constructor(dir: string, { engineBridges = async () => defaultBridges, root = "/" }: HostNetworkOptions = {}) {
    this.#notesDir = join(dir, "opened");
    this.#root = root;
    this.#engineBridges = engineBridges;
  }

  /** @throws HostNetworkError if the packet filter of this machine cannot be used */
  async check(): Promise<void> {
    if (process.platform !== "linux") throw new HostNetworkError(`there are no iptables on ${process.platform}`);
    await areRulesPlaced();
  }

  /**
   * Puts the rules in place that bring containers' questions to the agent's port; those that are there already stay.
   * @throws HostNetworkError
   */
  async open(): Promise<void> {
    for (const rule of endpointRules) {
      if (!(await isPlaced(rule))) await iptables("-I", rule);
    }
    this.#foreign.clear(); // one of them may have become the engine's
    await this.openBridges();
  }

  /** Takes the rules away, and closes the bridges again. Whatever is not there counts as removed. @throws HostNetworkError */
  async close(): Promise<void> {
    for (const bridge of this.#noted()) {
      this.#setRouteLocalnet(bridge, "0"); // unless it has gone, and its setting with it
      rmSync(join(this.#notesDir, bridge), { force: true });
    }
    // The one that protects goes last.
    for (const rule of endpointRules.toReversed()) {
      for (let times = 0; times < 10 && (await isPlaced(rule)); times += 1) await iptables("-D", rule);
    }
  }

  /**
   * Lets packets that were redirected to the loopback pass from the bridges of the container engine; only from those, not from
   * the machine's other interfaces. Cheap, so that it may be called ahead of every container: bridges come and go, and the
   * engine is asked only about those that are new.
   */
  async openBridges(): Promise<void> {
    const closed = this.#bridges().filter((name) => !this.#foreign.has(name) && this.#routeLocalnetOf(name) === "0");
    if (closed.length === 0) return;
    const ofEngine = await this.#engineBridges().catch(() => undefined);
    for (const bridge of closed) {
      if (!(ofEngine ?? defaultBridges).includes(bridge)) {
        if (ofEngine !== undefined && !isEngineName(bridge)) this.#foreign.add(bridge);
        continue;
      }
      if (!this.#setRouteLocalnet(bridge, "1")) continue;
      mkdirSync(this.#notesDir, { recursive: true, mode: 0o700 });
      writeFileSync(join(this.#notesDir, bridge), "");
    }
  }

  #noted(): readonly string[] {
    return existsSync(this.#notesDir) ? readdirSync(this.#notesDir) : [];
  }

  #settingOf(bridge: string): string {
    return join(this.#root, "proc/sys/net/ipv4/conf", bridge, "route_localnet");
  }

  #routeLocalnetOf(bridge: string): string | undefined {
    try {
      return readFileSync(this.#settingOf(bridge), "latin1").trim();
    } catch {
      return undefined;
    }
  }

  /** Whether the kernel took it. */
  #setRouteLocalnet(bridge: string, value: "0" | "1"): boolean {
    try {
      writeFileSync(this.#settingOf(bridge), value);
      return true;
    } catch {
      return false;
    }
  }

  #bridges(): readonly string[] {
    const interfaces = join(this.#root, "sys/class/net");
    try {
      return readdirSync(interfaces).filter((name) => existsSync(join(interfaces, name, "bridge")));
    } catch {
      return [];
    }
  }
}

/** Whether all rules are there. @throws HostNetworkError if that cannot be seen */
export async function areRulesPlaced(): Promise<boolean> {
  for (const rule of endpointRules) if (!(await isPlaced(rule))) return false;
  return true;
}

async function isPlaced(rule: Rule): Promise<boolean> {
  try {
    await run("iptables", [...iptablesArguments("-C", rule)], search);
    return true;
  } catch (error) {
    const { code } = error as { readonly code?: number | string };
    // 1: no such rule, or an unknown match of one; 2 and above: it cannot be asked.
    if (code === 1) return false;
    throw hostNetworkError(error);
  }
}

async function iptables(act: "-I" | "-D", rule: Rule): Promise<void> {
  try {
    await run("iptables", [...iptablesArguments(act, rule)], search);
  } catch (error) {
    throw hostNetworkError(error);
  }
}

function hostNetworkError(error: unknown): HostNetworkError {
  const { code, stderr, message } = error as { code?: number | string; stderr?: string; message?: string };
  const why = code === "ENOENT" ? "iptables is not installed" : (stderr?.trim().split("\n")[0] ?? message ?? "");
  return new HostNetworkError(
    process.getuid?.() === 0 || code === "ENOENT" ? why : `this user may not change the packet filter: ${why}`,
    { cause: error },
  );
}
