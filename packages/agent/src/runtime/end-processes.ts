import { readdirSync, readFileSync } from "node:fs";
import { setTimeout as wait } from "node:timers/promises";

/** What is asked to end by a hang-up gets so long, in milliseconds, until it is killed. */
const graceMs = 2000;
/** After SIGKILL only the kernel stands between; a process in uninterruptible sleep is not waited for longer. */
const killMs = 5000;
const lookMs = 20;

/** What `/proc/PID/stat` says of a process; undefined for one that is gone. */
export interface ProcessFacts {
  readonly pid: number;
  readonly state: string;
  /** Process id of its session's leader. */
  readonly session: number;
  /** In clock ticks since the machine booted; with the pid it names a process for good. */
  readonly startTime: number;
}

/** @param stat the text of `/proc/PID/stat`. Source: proc_pid_stat(5) */
export function parseStat(stat: string): ProcessFacts {
  // The program's name stands in parentheses and may hold any character.
  const rest = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return {
    pid: Number.parseInt(stat, 10),
    state: rest[0] ?? "",
    session: Number(rest[3]),
    startTime: Number(rest[19]),
  };
}

export function processFacts(pid: number): ProcessFacts | undefined {
  try {
    return parseStat(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    return undefined;
  }
}

/** Every process of a session that is not over. */
function sessionOf(leader: number): readonly number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => processFacts(Number(name)) ?? [])
    .filter(({ session, state }) => session === leader && state !== "Z" && state !== "X")
    .map(({ pid }) => pid);
}

/** We may see the process, but not end it. */
export class NotOurProcessError extends Error {
  override readonly name = "NotOurProcessError";
}

/**
 * Hangs up a session: SIGHUP and SIGCONT to all its processes, SIGKILL to what is left after two seconds. Resolves when
 * none is left. @param leader process id of its leader, on this machine
 * @throws NotOurProcessError if this process may not signal one of them; the others have been ended
 */
export async function endProcessSession(leader: number): Promise<void> {
  const asked = signalAll(leader, ["SIGHUP", "SIGCONT"]); // what was stopped by Ctrl-Z hears it too
  if (asked.refused !== undefined && asked.reached === 0) throw asked.refused;
  if (await isGone(leader, graceMs)) return;
  const { refused } = signalAll(leader, ["SIGKILL"]);
  if (refused !== undefined) throw refused;
  await isGone(leader, killMs);
}

/** Signals whom it may. @returns how many those were, and why not the others */
function signalAll(leader: number, names: readonly NodeJS.Signals[]) {
  let refused: NotOurProcessError | undefined;
  let reached = 0;
  for (const pid of sessionOf(leader)) {
    try {
      for (const name of names) signal(pid, name);
      reached += 1;
    } catch (error) {
      if (!(error instanceof NotOurProcessError)) throw error;
      refused = error;
    }
  }
  return { refused, reached };
}

async function isGone(leader: number, withinMs: number): Promise<boolean> {
  for (let waited = 0; waited < withinMs; waited += lookMs) {
    if (sessionOf(leader).length === 0) return true;
    await wait(lookMs);
  }
  return sessionOf(leader).length === 0;
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "EPERM") throw new NotOurProcessError(`process ${pid} belongs to another user`, { cause: error });
    if (code !== "ESRCH") throw error;
  }
}
