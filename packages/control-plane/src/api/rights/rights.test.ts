import fc from "fast-check";
import { expect, test } from "vitest";
import { accountSettingKey } from "../../model/account-setting.ts";
import { examplePlace, exampleRole, exampleTaskDefinition, exampleTaskDefinitionArn } from "../../model/examples.ts";
import { roleKey } from "../../model/role.ts";
import { MemoryStore } from "../../store/memory-store.ts";
import { ApiError } from "../api-error.ts";
import { ecsRights } from "./ecs-rights.ts";
import { iamRights } from "./iam-rights.ts";
import { logsRights } from "./logs-rights.ts";
import type { Input, RightsOf } from "./right.ts";
import { ssmRights } from "./ssm-rights.ts";

const tables: Readonly<Record<string, Readonly<Partial<Record<string, RightsOf>>>>> = {
  ecs: ecsRights,
  iam: iamRights,
  logs: logsRights,
  ssm: ssmRights,
};
const store = new MemoryStore();
await store.commit([
  {
    kind: "role",
    arn: roleKey("app"),
    expected: 0,
    value: exampleRole({ path: "/x/", arn: "arn:aws:iam::000000000000:role/x/app" }),
  },
  { kind: "taskDefinition", arn: exampleTaskDefinitionArn, expected: 0, value: exampleTaskDefinition() },
  { kind: "taskDefinitionFamily", arn: "family/web", expected: 0, value: { family: "web", lastRevision: 1 } },
]);
const rightsOf = (service: string, operation: string, input: Input) =>
  tables[service]?.[operation]?.(input, { place: examplePlace, snapshot: store.snapshot() });

const ecs = "arn:aws:ecs:us-east-1:000000000000";
const logs = "arn:aws:logs:us-east-1:000000000000:log-group";
const iam = "arn:aws:iam::000000000000";
const task = "0123456789abcdef0123456789abcdef";

test.each<readonly [string, string, Input, readonly string[]]>([
  ["ecs", "DescribeClusters", {}, [`${ecs}:cluster/default`]],
  ["ecs", "DescribeClusters", { clusters: ["a", `${ecs}:cluster/b`] }, [`${ecs}:cluster/a`, `${ecs}:cluster/b`]],
  [
    "ecs",
    "CreateCluster",
    { clusterName: "a", tags: [{ key: "k" }] },
    [`${ecs}:cluster/a`, `ecs:TagResource ${ecs}:cluster/a`],
  ],
  ["ecs", "DescribeTasks", { cluster: "a", tasks: [task] }, [`${ecs}:task/a/${task}`]],
  ["ecs", "ExecuteCommand", { cluster: "a", task }, [`${ecs}:cluster/a`, `${ecs}:task/a/${task}`]],
  ["ecs", "UpdateService", { cluster: "a", service: "s" }, [`${ecs}:service/a/s`]],
  [
    "ecs",
    "CreateTaskSet",
    { cluster: "a", service: "s", tags: [{ key: "k" }] },
    [`${ecs}:task-set/a/s/*`, `ecs:TagResource ${ecs}:task-set/a/s/*`],
  ],
  ["ecs", "DeleteTaskSet", { cluster: "a", service: "s", taskSet: "ecs-svc/1" }, [`${ecs}:task-set/a/s/ecs-svc/1`]],
  ["ecs", "DescribeTaskSets", { cluster: "a", service: "s" }, [`${ecs}:task-set/a/s/*`]],
  ["ecs", "UpdateServicePrimaryTaskSet", { cluster: "a", service: "s", primaryTaskSet: "1" }, [`${ecs}:service/a/s`]],
  ["ecs", "RunTask", { taskDefinition: "web" }, [`${ecs}:task-definition/web:1`]],
  ["ecs", "RunTask", { taskDefinition: "none" }, [`${ecs}:task-definition/none:*`]],
  [
    "ecs",
    "RunTask",
    { taskDefinition: "web:7", overrides: { taskRoleArn: "app" } },
    [`${ecs}:task-definition/web:7`, `iam:PassRole ${iam}:role/x/app`],
  ],
  [
    "ecs",
    "RegisterTaskDefinition",
    { family: "f", executionRoleArn: `${iam}:role/e`, taskRoleArn: `${iam}:role/e` },
    [`${ecs}:task-definition/f:*`, `iam:PassRole ${iam}:role/e`],
  ],
  ["ecs", "ListTasks", { cluster: "a" }, [`${ecs}:container-instance/a/*`]],
  [
    "ecs",
    "PutAttributes",
    { attributes: [{ targetId: task }, { targetId: task }] },
    [`${ecs}:container-instance/default/${task}`],
  ],
  ["logs", "PutLogEvents", { logGroupName: "g", logStreamName: "s" }, [`${logs}:g:log-stream:s`]],
  ["logs", "FilterLogEvents", { logGroupIdentifier: `${logs}:g` }, [`${logs}:g:log-stream:`]],
  ["logs", "TagResource", { resourceArn: `${logs}:g:*` }, [`${logs}:g`]],
  ["iam", "GetRole", { RoleName: "app" }, [`${iam}:role/x/app`]],
  ["iam", "CreateRole", { RoleName: "new", Path: "/y/" }, [`${iam}:role/y/new`]],
  ["iam", "ListRoles", {}, [`${iam}:role/`]],
  ["iam", "GetPolicy", { PolicyArn: "arn:aws:iam::aws:policy/X" }, ["arn:aws:iam::aws:policy/X"]],
  ["ssm", "StartSession", { Target: `ecs:a_${task}_${task}-1` }, [`${ecs}:task/a/${task}`]],
  ["ssm", "StartSession", { Target: "mi-1" }, ["arn:aws:ssm:us-east-1:000000000000:managed-instance/mi-1"]],
  ["ssm", "TerminateSession", { SessionId: "x" }, ["arn:aws:ssm:us-east-1:000000000000:session/x"]],
])("%s:%s %j", (service, operation, input, expected) => {
  const found = rightsOf(service, operation, input)?.map(({ action, resource }) =>
    action === undefined ? resource : `${action} ${resource}`,
  );
  expect(found).toEqual(expected);
});

test("an account may let everybody tag what they make", async () => {
  const create = () => rightsOf("ecs", "CreateCluster", { clusterName: "a", tags: [{ key: "k" }] })?.length;
  expect(create()).toBe(2);
  const principalArn = "arn:aws:iam::000000000000:root";
  const arn = accountSettingKey("tagResourceAuthorization", principalArn);
  const value = { name: "tagResourceAuthorization" as const, value: "off", principalArn };
  await store.commit([{ kind: "accountSetting", arn, expected: 0, value }]);
  expect(create()).toBe(1);
  await store.commit([{ kind: "accountSetting", arn, expected: store.snapshot().revision, value: null }]);
});

test("whatever comes is answered or left to the operation to refuse", () => {
  const operations = Object.entries(tables).flatMap(([service, table]) =>
    Object.keys(table).map((operation) => [service, operation] as const),
  );
  const member = fc.constantFrom(
    "cluster",
    "clusters",
    "task",
    "tasks",
    "service",
    "services",
    "taskDefinition",
    "overrides",
    "attributes",
    "tags",
    "networkConfiguration",
    "containerInstances",
    "RoleName",
    "PolicyArn",
    "logGroupName",
    "resourceArn",
    "serviceDeploymentArns",
    "capacityProviders",
    "managedInstancesProvider",
    "containerDefinitions",
    "Target",
  );
  fc.assert(
    fc.property(
      fc.constantFrom(...operations),
      fc.dictionary(member, fc.jsonValue()),
      ([service, operation], input) => {
        try {
          for (const { resource } of rightsOf(service, operation, input as Input) ?? []) expect(resource).not.toBe("");
        } catch (error) {
          expect(error).toBeInstanceOf(ApiError);
        }
      },
    ),
  );
});
