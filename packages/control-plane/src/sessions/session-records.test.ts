import { expect, test } from "vitest";
import type { Session } from "../model/session.ts";
import { ManualClock } from "../platform/clock.ts";
import { MemoryStore } from "../store/memory-store.ts";
import { hashToken } from "./admission.ts";
import { admit, endUnopened } from "./session-records.ts";

const waiting: Session = {
  sessionId: "ecs-execute-command-0",
  sessionType: "Standard_Stream",
  targetId: "i-0",
  target: { type: "host" },
  containerInstanceArn: "arn",
  owner: "arn:aws:iam::000000000000:root",
  admission: { tokenHash: hashToken("token"), expiresAt: 60_000 },
  status: "Connecting",
  startedAt: 0,
};

async function house() {
  const deps = { store: new MemoryStore(), clock: new ManualClock(0) };
  await deps.store.commit([{ kind: "session", arn: waiting.sessionId, expected: 0, value: waiting }]);
  return { deps, status: () => deps.store.snapshot().get("session", waiting.sessionId)?.value.status };
}

test("a session that is opened in the last moment goes on", async () => {
  const { deps, status } = await house();
  await Promise.all([admit(deps, waiting.sessionId, "token"), endUnopened(deps, waiting.sessionId)]);
  expect(status()).toBe("Connected");
});

test("a token is used up by the first of two who show it", async () => {
  const { deps } = await house();
  const shown = await Promise.all(["token", "token"].map((token) => admit(deps, waiting.sessionId, token)));
  expect(shown.filter((session) => session !== undefined)).toHaveLength(1);
});

test("one that nobody opens has failed", async () => {
  const { deps, status } = await house();
  await endUnopened(deps, waiting.sessionId);
  expect(status()).toBe("Failed");
  expect(await admit(deps, waiting.sessionId, "token")).toBeUndefined();
});
