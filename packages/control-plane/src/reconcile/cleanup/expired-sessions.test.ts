import { expect, test } from "vitest";
import { exampleContainerInstanceArn } from "../../model/examples.ts";
import type { Session } from "../../model/session.ts";
import { defaultSettings } from "../../settings.ts";
import { MemoryStore } from "../../store/memory-store.ts";
import { expiredSessions } from "./expired.ts";

const day = 24 * 60 * 60_000;
const session = (sessionId: string, facts: Partial<Session>): Session => ({
  sessionId,
  sessionType: "Standard_Stream",
  targetId: "i-1",
  target: { type: "host" },
  containerInstanceArn: exampleContainerInstanceArn(),
  owner: "root",
  status: "Terminated",
  startedAt: 0,
  ...facts,
});

test("records of sessions go a month after the end; those that go on stay", async () => {
  const store = new MemoryStore();
  const sessions = [
    session("old", { endedAt: day }),
    session("failed", { status: "Failed", endedAt: 2 * day }),
    session("new", { endedAt: 20 * day }),
    session("open", { status: "Connected" }),
  ];
  await store.commit(sessions.map((value) => ({ kind: "session" as const, arn: value.sessionId, expected: 0, value })));
  const { gone, next } = expiredSessions({ snapshot: store.snapshot(), now: 32 * day, settings: defaultSettings });
  expect(gone.map(({ arn }) => arn)).toEqual(["old", "failed"]);
  expect(next).toBe(50 * day);
});
