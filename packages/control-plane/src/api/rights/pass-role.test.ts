import { expect, test } from "vitest";
import { taskRoles } from "../../agent-channel/payload/task-roles.ts";
import { examplePlace, exampleRole, exampleTask, exampleTaskArn, exampleTaskDefinition } from "../../model/examples.ts";
import { roleKey } from "../../model/role.ts";
import { MemoryStore } from "../../store/memory-store.ts";
import { passRoles } from "./pass-role.ts";

const iam = "arn:aws:iam::000000000000";
const store = new MemoryStore();
const inPath = exampleRole({ roleName: "reader", path: "/team/", arn: `${iam}:role/team/reader` });
await store.commit([{ kind: "role", arn: roleKey("reader"), expected: 0, value: inPath }]);
const scope = { place: examplePlace, snapshot: store.snapshot() };

test.each([
  ["app", "app"],
  ["/app", "app"],
  ["team/app", "team/app"],
  ["/team/app", "team/app"],
  [`${iam}:role/team/app`, "team/app"],
  ["reader", "team/reader"],
  [`${iam}:role/reader`, "reader"],
])("a role named %s is passed as that of the name %s, and the task gets the same", (taskRoleArn, name) => {
  const { registered, ...rest } = exampleTaskDefinition();
  const definition = { ...rest, registered: { ...registered, taskRoleArn } };
  const given = taskRoles(exampleTaskArn(1), exampleTask(), definition, scope.snapshot);
  expect(given.map(({ roleArn }) => roleArn)).toEqual([`${iam}:role/${name}`]);
  expect(passRoles({ taskRoleArn }, scope).map(({ resource }) => resource)).toEqual([`${iam}:role/${name}`]);
});
