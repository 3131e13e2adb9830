import { expect, test } from "vitest";
import { TaskCredentials } from "../../credentials/task-credentials.ts";
import { TemporaryCredentials } from "../../credentials/temporary-credentials.ts";
import { exampleRoleArn, exampleRunningTask, exampleTaskArn } from "../../model/examples.ts";
import { ManualClock } from "../../platform/clock.ts";
import { defaultSettings } from "../../settings.ts";
import { MemoryStore } from "../../store/memory-store.ts";
import { update } from "../../store/update.ts";
import { temporaryKeys } from "./access-keys.ts";
import { whileTasksLive } from "./task-keys.ts";

const temporary = new TemporaryCredentials(Buffer.alloc(32, 7));
const minute = 60_000;

test("a task's keys hold while it is there, and a little longer; others are left alone", async () => {
  const [store, clock] = [new MemoryStore(), new ManualClock()];
  const keys = whileTasksLive(temporaryKeys(temporary, defaultSettings), { store, clock });
  const ofTask = (taskArn: string) => {
    const role = { taskArn, roleType: "TaskApplication", roleArn: exampleRoleArn, createdAt: 1 } as const;
    const { accessKeyId, sessionToken } = new TaskCredentials(temporary).issue(role, clock.now());
    return keys.lookupKey(accessKeyId, sessionToken)?.caller.roleSession?.taskArn;
  };
  const arn = exampleTaskArn(1);
  await store.commit([{ kind: "task", arn, expected: 0, value: exampleRunningTask() }]);
  expect([ofTask(arn), ofTask(exampleTaskArn(2))]).toEqual([arn, undefined]);
  await update(store, "task", arn, (task) => ({ ...task, desiredStatus: "STOPPED" as const }));
  clock.advance(60 * minute);
  expect(ofTask(arn)).toBe(arn); // it takes its time to stop
  const stoppedAt = clock.now();
  await update(store, "task", arn, (task) => ({ ...task, lastStatus: "STOPPED" as const, stoppedAt }));
  clock.advance(5 * minute - 1);
  expect(ofTask(arn)).toBe(arn);
  clock.advance(1);
  expect(ofTask(arn)).toBeUndefined();
  const assumed = temporary.issue({ roleArn: exampleRoleArn, sessionName: "me", expiresAt: clock.now() + minute });
  expect(keys.lookupKey(assumed.accessKeyId, assumed.sessionToken)?.caller.roleSession?.sessionName).toBe("me");
  expect(keys.lookupKey("AKIA")).toBeUndefined();
});
