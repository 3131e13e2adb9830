import { spawn } from "node:child_process";
import { once } from "node:events";
import { describe, expect, test, vi } from "vitest";
import { endProcessSession, NotOurProcessError, parseStat, processFacts } from "./end-processes.ts";

describe("parseStat", () => {
  test("a program's name may hold spaces and parentheses", () => {
    const fields = Array.from({ length: 50 }, (_, index) => index + 3);
    expect(parseStat(`4711 (a) b (c) S 1 4711 99 ${fields.join(" ")}`)).toMatchObject({
      pid: 4711,
      state: "S",
      session: 99,
    });
  });

  test("names a process for good", () => {
    const own = processFacts(process.pid);
    expect(own?.pid).toBe(process.pid);
    expect(own?.startTime).toBeGreaterThan(0);
    expect(processFacts(2 ** 30)).toBeUndefined();
  });
});

describe("endProcessSession", () => {
  test("nothing of it is left, not even what does not listen and what was stopped", async () => {
    const script = "trap '' HUP; sleep 600 & sh -c 'kill -STOP $$; sleep 600' & echo ready; wait";
    const leader = spawn("sh", ["-c", script], { detached: true, stdio: ["ignore", "pipe", "ignore"] });
    await once(leader.stdout, "data");
    const ended = once(leader, "exit");
    await endProcessSession(leader.pid ?? 0);
    await ended;
    await endProcessSession(leader.pid ?? 0); // what is gone is gone
  });

  test("what belongs to somebody else does not save the others", async () => {
    const leader = spawn("sh", ["-c", "sleep 600 & echo $!; wait; exec sleep 600"], {
      detached: true,
      stdio: ["ignore", "pipe", "ignore"],
    });
    const [line] = (await once(leader.stdout, "data")) as [Buffer];
    const kill = process.kill.bind(process);
    const refusing = vi.spyOn(process, "kill").mockImplementation((pid, signal) => {
      if (pid === leader.pid) throw Object.assign(new Error("not permitted"), { code: "EPERM" });
      return kill(pid, signal);
    });
    await expect(endProcessSession(leader.pid ?? 0)).rejects.toThrow(NotOurProcessError);
    refusing.mockRestore();
    expect(processFacts(Number(line.toString()))).toBeUndefined();
    const ended = once(leader, "exit");
    leader.kill("SIGKILL");
    await ended;
  });
});
