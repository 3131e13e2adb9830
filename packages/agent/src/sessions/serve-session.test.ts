import { linkWindow } from "@hatoba/contract";
import { describe, expect, test } from "vitest";
import { ManualClock } from "../platform/clock.ts";
import { MemoryExec, type MemoryExecProcess, type MemoryExecProgram } from "../runtime/memory-exec.ts";
import { runInContainer } from "./container-command.ts";
import { FakeLink } from "./link.fixture.ts";
import { SessionRefusal, serveSession } from "./serve-session.ts";

const settled = () => new Promise((resolve) => setImmediate(resolve));

/** A session whose container has one program. */
function session(program: MemoryExecProgram | undefined, { terminal = false, command = "prog" } = {}) {
  const exec = new MemoryExec({ isRunning: (id) => id === "c", programOf: () => program });
  const link = new FakeLink();
  const clock = new ManualClock();
  const stop = new AbortController();
  const over = serveSession({
    link,
    terminal,
    start: (size) => runInContainer(exec, { containerId: "c", command, terminal, mark: "m" }, size, () => undefined),
    signal: stop.signal,
    clock,
  });
  return { exec, link, clock, stop, over };
}
const forEver: MemoryExecProgram = async ({ ended }) => {
  await new Promise((resolve) => ended.addEventListener("abort", resolve));
  return 129;
};

describe("serveSession", () => {
  test("a program runs, says something on both streams, and ends", async () => {
    const { link, over } = session(async ({ write }) => {
      await write("out");
      await write("err", "stderr");
      return 3;
    });
    expect(await over).toEqual({ exitCode: 3 });
    expect(link.frames.map(({ kind }) => kind)).toEqual(["started", "output", "errorOutput", "exited"]);
    expect(link.bytes("output").toString()).toBe("out");
    expect(link.isClosed).toBe(true);
  });

  test("a terminal has its size before the program starts, and hears of new ones", async () => {
    let inside: MemoryExecProcess | undefined;
    const { link, over } = session(
      async (process) => {
        inside = process;
        return forEver(process);
      },
      { terminal: true },
    );
    expect(inside).toBeUndefined();
    link.say({ kind: "size", cols: 120, rows: 40 });
    await link.frame("started");
    expect(inside?.command).toMatchObject({
      user: "0",
      terminal: { cols: 120, rows: 40 },
      environment: { TERM: "xterm-256color", LANG: "C.UTF-8" },
    });
    link.say({ kind: "size", cols: 81, rows: 25 });
    expect(inside?.size()).toEqual({ cols: 81, rows: 25 });
    link.say({ kind: "terminate" });
    expect(await over).toEqual({ exitCode: 129 });
  });

  test("who says no size gets the program a little later", async () => {
    const { link, clock, over } = session(async () => 0, { terminal: true });
    await settled();
    expect(link.frames).toEqual([]);
    clock.advance(500);
    expect(await over).toEqual({ exitCode: 0 });
  });

  test("input is taken in order and credited; its end is heard", async () => {
    const seen: string[] = [];
    const { link, over } = session(async ({ read }) => {
      for (let bytes = await read(); bytes !== undefined; bytes = await read())
        seen.push(Buffer.from(bytes).toString());
      return 0;
    });
    link.say({ kind: "input", bytes: Buffer.from("one") });
    link.say({ kind: "input", bytes: Buffer.from("two") });
    link.say({ kind: "inputEnd" });
    await over;
    expect(seen).toEqual(["one", "two"]);
    expect(await link.frame("credit")).toEqual({ kind: "credit", bytes: 6 });
  });

  test("no more than the window is sent without credit, and all of it in the end", async () => {
    const sent = Buffer.alloc(linkWindow + 5000, "x");
    const { link, over } = session(async ({ write }) => {
      await write(sent);
      return 0;
    });
    await link.frame("output");
    await settled();
    expect(link.bytes("output").length).toBe(linkWindow);
    link.say({ kind: "credit", bytes: 1000 });
    await settled();
    expect(link.bytes("output").length).toBe(linkWindow + 1000);
    link.say({ kind: "credit", bytes: 100_000 });
    await over;
    expect(link.bytes("output").equals(sent)).toBe(true);
  });

  test("who sends more input than the window allows is hung up on", async () => {
    const { exec, link, over } = session(forEver);
    link.say({ kind: "input", bytes: Buffer.alloc(linkWindow) });
    link.say({ kind: "input", bytes: Buffer.alloc(1) });
    await over;
    expect(link.isClosed).toBe(true);
    expect(exec.running).toEqual([]);
  });

  test.each([
    ["the link is lost", (link: FakeLink) => link.close()],
    ["the control plane says so", (link: FakeLink) => link.say({ kind: "terminate" })],
  ])("the program ends when %s, although nobody reads what it says", async (_title, act) => {
    const { exec, link, over } = session(async (process) => {
      await process.write(Buffer.alloc(linkWindow * 2));
      return forEver(process);
    });
    await link.frame("output");
    act(link);
    await over;
    expect(exec.running).toEqual([]);
  });

  test("a session that is ended from outside says why, in place of an exit code", async () => {
    const { link, stop, over } = session(forEver);
    await link.frame("started");
    stop.abort(new SessionRefusal("The task is being stopped."));
    expect(await over).toEqual({ reason: "The task is being stopped." });
    expect(link.frames.at(-1)).toEqual({ kind: "failed", reason: "The task is being stopped." });
  });

  test.each([
    ["/bin/nope -x", "Unable to start command: Failed to start pty: fork/exec /bin/nope: no such file or directory"],
    ["sh -c 'echo", "Unable to start command: a single quote is not closed"],
    ["", /^Unable to start command: .*the image has no shell/],
  ])("a program that does not start: %j", async (command, reason) => {
    const { link, over } = session(undefined, { command });
    await over;
    expect(link.frames).toEqual([{ kind: "failed", reason: expect.stringMatching(reason) as string }]);
  });
});
