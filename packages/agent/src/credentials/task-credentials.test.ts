import type { IAMRoleCredentials } from "@hatoba/contract";
import { describe, expect, test } from "vitest";
import { taskArnOf, taskPayload } from "../engine/engine.fixture.ts";
import { TaskCredentials } from "./task-credentials.ts";

const credentialsOf = (credentialsId: string): IAMRoleCredentials => ({
  credentialsId,
  roleArn: "arn:aws:iam::000000000000:role/app",
  accessKeyId: "ASIAEXAMPLE",
  secretAccessKey: `very-${credentialsId}-secret`,
  sessionToken: `token-of-${credentialsId}`,
  expiration: "2027-01-01T00:00:00Z",
});
const withRoles = taskPayload(1, {
  roleCredentials: credentialsOf("app-1"),
  executionRoleCredentials: credentialsOf("exec-1"),
});

describe("credentials of tasks", () => {
  test("are kept in memory, and what goes on to the disk has none", () => {
    const credentials = new TaskCredentials(() => [taskArnOf(1)]);
    const { tasks, receipts } = credentials.take([withRoles]);
    expect(receipts).toEqual([
      { credentialsId: "app-1", expiration: "2027-01-01T00:00:00Z" },
      { credentialsId: "exec-1", expiration: "2027-01-01T00:00:00Z" },
    ]);
    expect(JSON.stringify(tasks)).not.toMatch(/secret"|-secret|token-of|ASIA/);
    expect(tasks[0]?.roleCredentials?.credentialsId).toBe("app-1");
    expect(credentials.find("exec-1")).toMatchObject({ taskArn: taskArnOf(1), roleType: "TaskExecution" });
    expect(credentials.ofTask(taskArnOf(1), "TaskApplication")?.credentials.secretAccessKey).toBe("very-app-1-secret");
  });

  test("are replaced under the same id, and go with their task", () => {
    const credentials = new TaskCredentials(() => [taskArnOf(1)]);
    credentials.take([withRoles]);
    const renewed = { ...credentialsOf("app-1"), accessKeyId: "ASIANEW" };
    credentials.update({
      messageId: "1",
      taskArn: taskArnOf(1),
      roleType: "TaskApplication",
      roleCredentials: renewed,
    });
    expect(credentials.find("app-1")?.credentials.accessKeyId).toBe("ASIANEW");
    credentials.drop(taskArnOf(1));
    expect(credentials.find("app-1")).toBeUndefined();
    expect(credentials.ofTask(taskArnOf(1), "TaskExecution")).toBeUndefined();
  });

  test("of a task that is to stop are acknowledged and not kept", () => {
    const credentials = new TaskCredentials(() => [taskArnOf(1)]);
    const { receipts } = credentials.take([{ ...withRoles, desiredStatus: "STOPPED" }]);
    expect(receipts).toHaveLength(2);
    expect(credentials.find("app-1")).toBeUndefined();
  });

  test("are not taken for a task that is not here, and not kept for one that was not taken on", () => {
    const credentials = new TaskCredentials(() => [taskArnOf(1)]);
    const update = { messageId: "1", roleType: "TaskApplication", roleCredentials: credentialsOf("app-2") } as const;
    expect(credentials.update({ ...update, taskArn: taskArnOf(2) })).toBeUndefined();
    credentials.take([taskPayload(3, { roleCredentials: credentialsOf("app-3") })]);
    expect(credentials.find("app-3")).toBeDefined();
    credentials.take([]);
    expect(credentials.find("app-3")).toBeUndefined();
  });

  test("that are not whole are left aside", () => {
    const credentials = new TaskCredentials(() => [taskArnOf(1)]);
    const roleCredentials = { ...credentialsOf("app-1"), secretAccessKey: "" };
    expect(
      credentials.update({ messageId: "1", taskArn: taskArnOf(1), roleType: "TaskApplication", roleCredentials }),
    ).toBeUndefined();
    expect(credentials.take([taskPayload(2)])).toEqual({ tasks: [taskPayload(2)], receipts: [] });
  });
});
