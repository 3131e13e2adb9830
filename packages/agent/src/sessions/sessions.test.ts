import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { OpenSessionMessage } from "@hatoba/contract";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { containerPayload, taskPayload } from "../engine/engine.fixture.ts";
import { ManualClock } from "../platform/clock.ts";
import { silentLogger } from "../platform/logger.ts";
import { MemoryExec, type MemoryExecProgram } from "../runtime/memory-exec.ts";
import { SessionJournal } from "./journal.ts";
import { FakeLink } from "./link.fixture.ts";
import { PortRelay } from "./port-relay.ts";
import { Sessions } from "./sessions.ts";

const forEver: MemoryExecProgram = async ({ ended }) => {
  await new Promise((resolve) => ended.addEventListener("abort", resolve));
  return 129;
};
const task = taskPayload(1);
let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "hatoba-sessions-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function machine() {
  const exec = new MemoryExec({ isRunning: () => true, programOf: () => forEver });
  const journal = new SessionJournal(folder);
  const newSessions = () =>
    new Sessions({
      exec,
      journal,
      ports: new PortRelay(false),
      clock: new ManualClock(),
      logger: silentLogger,
      runtimeIdOf: (arn, name) => (arn === task.arn && name === "app" ? "container" : undefined),
    });
  return { exec, journal, sessions: newSessions(), newSessions };
}

const message = (id: string, more: Partial<OpenSessionMessage> = {}): OpenSessionMessage => ({
  messageId: id,
  sessionId: `session-${id}`,
  clusterArn: "",
  containerInstanceArn: "",
  token: "token",
  target: { type: "container", taskArn: task.arn, containerName: "app", runtimeId: "container" },
  run: { type: "command", command: "top", terminal: false },
  ...more,
});

async function open(sessions: Sessions, asked: OpenSessionMessage) {
  const link = new FakeLink();
  const over = sessions.serve(asked, async () => link);
  await Promise.race([link.frame("started"), link.frame("failed")]);
  return { link, over };
}

describe("Sessions", () => {
  test("the stop of a task ends its sessions, with a text, and no others", async () => {
    const { sessions, exec } = machine();
    const { link, over } = await open(sessions, message("1"));
    sessions.stopping(taskPayload(2));
    sessions.stopped({ task, container: containerPayload("side"), runtimeName: "", runtimeId: "" });
    expect(exec.running.length).toBe(1);
    sessions.stopping(task);
    await over;
    expect(link.frames.at(-1)).toEqual({ kind: "failed", reason: "The task is being stopped." });
    expect(exec.running).toEqual([]);
  });

  test("so does the end of its container", async () => {
    const { sessions } = machine();
    const { link, over } = await open(sessions, message("1"));
    sessions.stopped({ task, container: containerPayload("app"), runtimeName: "", runtimeId: "" });
    await over;
    expect(link.frames.at(-1)).toEqual({ kind: "failed", reason: "The container has stopped." });
  });

  test("the same message twice opens one link; two messages of one session open two", async () => {
    const { sessions, exec } = machine();
    await open(sessions, message("1"));
    await sessions.serve(message("1"), () => Promise.reject(new Error("must not be asked")));
    await open(sessions, message("2", { sessionId: "session-1" }));
    expect(exec.running.length).toBe(2);
    await sessions.close();
    expect(exec.running).toEqual([]);
  });

  test("what a process left when it was killed, the next one ends", async () => {
    const { sessions, newSessions, exec, journal } = machine();
    await open(sessions, message("1"));
    expect(exec.running.length).toBe(1);
    await newSessions().endLeftovers();
    expect(exec.running).toEqual([]);
    expect(journal.leftovers()).toEqual([]);
  });

  test.each<[string, Partial<OpenSessionMessage>, RegExp]>([
    [
      "a container that is not here",
      { target: { type: "container", taskArn: task.arn, containerName: "other", runtimeId: "x" } },
      /does not run on this container instance/,
    ],
    ["a machine that offers no shell", { target: { type: "host" } }, /offers no shell/],
    [
      "a machine that offers no ports",
      { target: { type: "host" }, run: { type: "port", port: 80, multiplexed: false } },
      /offers no shell/,
    ],
  ])("%s is refused, with the reason", async (_title, more, reason) => {
    const { sessions } = machine();
    const { link, over } = await open(sessions, message("1", more));
    await over;
    expect(link.frames).toEqual([{ kind: "failed", reason: expect.stringMatching(reason) as string }]);
  });

  test("a link that cannot be opened leaves nothing behind", async () => {
    const { sessions, exec, journal } = machine();
    await sessions.serve(message("1"), () => Promise.reject(new Error("refused")));
    expect(exec.running).toEqual([]);
    expect(journal.leftovers()).toEqual([]);
  });
});
