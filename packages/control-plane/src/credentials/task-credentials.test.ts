import { expect, test } from "vitest";
import { renewedEvery, TaskCredentials, type TaskRole, untilRenewal } from "./task-credentials.ts";
import { TemporaryCredentials } from "./temporary-credentials.ts";

const temporary = new TemporaryCredentials(Buffer.alloc(32, 7));
const credentials = new TaskCredentials(temporary);
const role: TaskRole = {
  taskArn: "arn:aws:ecs:us-east-1:000000000000:task/default/00000000000000000000000000000001",
  roleType: "TaskApplication",
  roleArn: "arn:aws:iam::000000000000:role/app",
  createdAt: 1,
};
const start = Date.UTC(2026, 0, 1);

test("they are a session of the role, named after the task, for six hours", () => {
  const issued = credentials.issue(role, start);
  expect(issued).toMatchObject({ roleArn: role.roleArn, expiration: "2026-01-01T06:00:00Z" });
  expect(issued.credentialsId).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(temporary.open(issued.accessKeyId, issued.sessionToken)?.session).toEqual({
    roleArn: role.roleArn,
    sessionName: "00000000000000000000000000000001",
    expiresAt: start + 6 * 3_600_000,
    taskArn: role.taskArn,
  });
});

test("the id stays for the life of the task, the keys for the hour", () => {
  const [first, later] = [credentials.issue(role, start), credentials.issue(role, start + renewedEvery - 1)];
  const renewed = credentials.issue(role, start + renewedEvery);
  expect(later).toEqual(first);
  expect(renewed.credentialsId).toBe(first.credentialsId);
  expect(renewed.accessKeyId).not.toBe(first.accessKeyId);
  expect(renewed.expiration).toBe("2026-01-01T07:00:00Z");
});

test("another role type, another task and another house have other ids", () => {
  const ids = [
    credentials.issue(role, start),
    credentials.issue({ ...role, roleType: "TaskExecution" }, start),
    credentials.issue({ ...role, taskArn: role.taskArn.replace(/1$/, "2") }, start),
    new TaskCredentials(new TemporaryCredentials(Buffer.alloc(32, 8))).issue(role, start),
  ].map(({ credentialsId }) => credentialsId);
  expect(new Set(ids).size).toBe(4);
});

test("a renewal is due at the end of the hour", () => {
  expect([untilRenewal(start), untilRenewal(start + 1), untilRenewal(start - 1)]).toEqual([3_600_000, 3_599_999, 1]);
});
