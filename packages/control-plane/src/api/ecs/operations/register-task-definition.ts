import { taskDefinitionArn } from "@hatoba/contract";
import type { TaskDefinition } from "../../../model/task-definition.ts";
import { EcsError } from "../api-error.ts";
import { commitPlan } from "../commit-plan.ts";
import { isName } from "../names.ts";
import type { Operation } from "../operation.ts";
import { requireTags } from "../tags.ts";
import { checkTaskDefinition } from "../task-definition/check-task-definition.ts";
import { describeTaskDefinition } from "../task-definition/describe-task-definition.ts";
import { requiresAttributes } from "../task-definition/requires-attributes.ts";
import { withDefaults } from "../task-definition/with-defaults.ts";

/**
 * Adds a revision to a family. Its number is the family's last one plus one, and never given out again.
 * @throws EcsError ClientException that says what is wrong with it. Source: ECS API reference, RegisterTaskDefinition.
 */
export const registerTaskDefinition: Operation<"RegisterTaskDefinition"> = async (input, { store, clock, caller }) => {
  const family = requireFamily(input.family);
  const tags = requireTags(input.tags);
  const registered = withDefaults(input);
  const { compatibilities, containers } = checkTaskDefinition(registered);
  const fresh: Omit<TaskDefinition, "revision"> = {
    family,
    status: "ACTIVE",
    registered,
    compatibilities,
    requiresAttributes: requiresAttributes(registered, containers),
    registeredBy: caller.arn,
    registeredAt: clock.now(),
    tags,
  };
  return commitPlan(store, (snapshot) => {
    const known = snapshot.get("taskDefinitionFamily", familyKey(family));
    const revision = (known?.value.lastRevision ?? 0) + 1;
    const arn = taskDefinitionArn(caller, family, revision);
    const value: TaskDefinition = { ...fresh, revision };
    return {
      writes: [
        {
          kind: "taskDefinitionFamily",
          arn: familyKey(family),
          expected: known?.revision ?? 0,
          value: { family, lastRevision: revision },
        },
        { kind: "taskDefinition", arn, expected: 0, value },
      ],
      result: {
        taskDefinition: describeTaskDefinition({ kind: "taskDefinition", arn, revision: 0, value }),
        ...(tags.length > 0 ? { tags } : {}),
      },
    };
  });
};

const familyKey = (family: string) => `family/${family}`;

function requireFamily(family: string | undefined): string {
  if (!family) throw new EcsError("ClientException", "Family should not be null or empty.");
  if (isName(family)) return family;
  const reason = family.length > 255 ? "is longer than 255 characters" : "contains invalid characters";
  throw new EcsError("ClientException", `Family ${reason}.`);
}
