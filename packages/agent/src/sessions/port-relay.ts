import { spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { ExecTarget, RunningProgram } from "../runtime/container-exec.ts";
import type { Names } from "./name-lookup.ts";
import { processProgram } from "./process-program.ts";
import type { RelayOrder } from "./relay-process.ts";
import { SessionRefusal } from "./serve-session.ts";
import { smallFile } from "./small-file.ts";

export interface PortToRelay {
  /** As seen from the container, or from this machine; the loopback address if absent. */
  readonly host?: string;
  readonly port: number;
  readonly multiplexed: boolean;
  /** The container that the port is seen from; this machine if absent. */
  readonly inside?: ExecTarget;
  readonly onStarted: (pid: number) => void;
  /** One connection of many was refused. */
  readonly onRefused: () => void;
}

const notInside =
  "The agent cannot enter the container's network (it does not run as root on the container's machine), so it forwards to ports of the container alone, not to other hosts.";
const program = join(import.meta.dirname, "relay-process.ts");

/**
 * Carries TCP connections to a port as a container sees it, by a process in the container's network namespace; so what
 * listens there on the loopback address alone is reached too. An agent without the rights to go there, or whose containers
 * run on another machine, connects to the container's address from outside, and to no other host: what a name or an address
 * means where the agent is, its loopback first of all, is not what the container may reach.
 */
export class PortRelay {
  /** Whether this process may enter namespaces. */
  readonly #mayEnter: boolean;

  constructor(mayEnter: boolean) {
    this.#mayEnter = mayEnter;
  }

  /** @throws SessionRefusal if the port cannot be reached; with `multiplexed`, each connection shows that for itself */
  async open({ host, port, multiplexed, inside, onStarted, onRefused }: PortToRelay): Promise<RunningProgram> {
    const pid = this.#mayEnter ? inside?.pid : undefined;
    if (inside !== undefined && pid === undefined && host !== undefined) throw new SessionRefusal(notInside);
    const order: RelayOrder = {
      host: host ?? (inside === undefined || pid !== undefined ? "localhost" : addressOf(inside)),
      port,
      multiplexed,
      ...(pid === undefined ? {} : { names: namesOf(pid) }),
    };
    const relay = [process.execPath, program, JSON.stringify(order)] as const;
    const [command, ...words] =
      pid === undefined ? relay : (["nsenter", `--net=/proc/${pid}/ns/net`, ...relay] as const);
    // The keys in the agent's environment are no business of it.
    const child = spawn(command, words, { stdio: "pipe", detached: true, env: { PATH: process.env["PATH"] } });
    child.once("error", () => child.stderr.destroy());
    const lines = createInterface({ input: child.stderr })[Symbol.asyncIterator]();
    if (child.pid !== undefined) onStarted(child.pid);
    const first = await firstWord(lines);
    if (first !== "ready") throw new SessionRefusal(`Connection to ${order.host}:${port} failed: ${first}`);
    void (async () => {
      for (let { value, done } = await lines.next(); done !== true; { value, done } = await lines.next())
        if (value === "refused") onRefused();
    })();
    return processProgram({ child, leader: child.pid ?? 0 });
  }
}

async function firstWord(lines: AsyncIterator<string>): Promise<string> {
  let last = "the relay did not start";
  for (let line = await lines.next(); line.done !== true; line = await lines.next()) {
    if (line.value === "ready") return line.value;
    if (line.value.startsWith("failed ")) return line.value.slice("failed ".length);
    last = line.value;
  }
  return last;
}

function addressOf({ address }: ExecTarget): string {
  if (address === undefined) throw new SessionRefusal("The container has no address that its agent could reach.");
  return address;
}

function namesOf(pid: number): Names {
  const text = (file: string) => smallFile(`/proc/${pid}/root/etc/${file}`) ?? "";
  return { hosts: text("hosts"), resolvConf: text("resolv.conf") };
}
