import { expect, test } from "vitest";
import { taskRoles } from "../../agent-channel/payload/task-roles.ts";
import { examplePlace, exampleTask, exampleTaskArn, exampleTaskDefinition } from "../../model/examples.ts";
import { MemoryStore } from "../../store/memory-store.ts";
import { passRoles } from "./pass-role.ts";

const scope = { place: examplePlace, snapshot: new MemoryStore().snapshot() };

test.each(["app", "/app", "team/app", "/team/app", "arn:aws:iam::000000000000:role/team/app"])(
  "a role named %s is the one that the task gets",
  (taskRoleArn) => {
    const { registered, ...rest } = exampleTaskDefinition();
    const [given] = taskRoles(exampleTaskArn(1), exampleTask(), {
      ...rest,
      registered: { ...registered, taskRoleArn },
    });
    expect(passRoles({ taskRoleArn }, scope).map(({ resource }) => resource)).toEqual([given?.roleArn]);
  },
);
