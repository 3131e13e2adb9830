import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { agentStateConformance, storedTask } from "./agent-state.conformance.ts";
import { MemoryState } from "./memory-state.ts";
import { SqliteState } from "./sqlite-state.ts";

const ignore = () => undefined;
const newDirectory = () => mkdtempSync(join(tmpdir(), "hatoba-agent-"));

agentStateConformance("the state in memory", () => {
  const state = new MemoryState("agent");
  return { state, reopen: () => state, clean: ignore };
});

agentStateConformance("the state in SQLite", () => {
  const directory = newDirectory();
  const open = () => new SqliteState(join(directory, "deep", "agent.db"), ignore);
  return { state: open(), reopen: open, clean: () => rmSync(directory, { recursive: true }) };
});

describe("the file", () => {
  let directory: string;
  let path: string;
  beforeEach(() => {
    directory = newDirectory();
    path = join(directory, "agent.db");
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  test("is its owner's alone", async () => {
    const state = new SqliteState(path, ignore);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    await state.close();
  });

  test("belongs to one agent at a time", async () => {
    const state = new SqliteState(path, ignore);
    expect(() => new SqliteState(path, ignore)).toThrow(/another agent is using it/);
    await state.close();
    await new SqliteState(path, ignore).close();
  });

  test("that is none is refused with its name", () => {
    expect(() => new SqliteState("/dev/null/agent.db", ignore)).toThrow(
      /The agent's state in \/dev\/null\/agent.db cannot be used/,
    );
  });

  test("keeps a task's payload apart, and writes it once", async () => {
    const state = new SqliteState(path, ignore);
    state.save(storedTask(1));
    await state.durable();
    state.save({
      ...storedTask(1, { desiredStatus: "STOPPED" }),
      payload: { ...storedTask(1).payload, family: "other" },
    });
    await state.close();
    const again = new SqliteState(path, ignore);
    expect(again.tasks()).toEqual([storedTask(1, { desiredStatus: "STOPPED" })]);
    await again.close();
  });
});
