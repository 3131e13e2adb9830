import { EcsError } from "../api-error.ts";
import { isName } from "../names.ts";
import type { Operation } from "../operation.ts";
import { requireTags } from "../tags.ts";
import { addRevision } from "../task-definition/add-revision.ts";
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
  const stored = await addRevision(store, caller, {
    family,
    status: "ACTIVE",
    registered,
    compatibilities,
    requiresAttributes: requiresAttributes(registered, containers),
    registeredBy: caller.arn,
    registeredAt: clock.now(),
    tags,
  });
  return { taskDefinition: describeTaskDefinition(stored), ...(tags.length > 0 ? { tags } : {}) };
};

function requireFamily(family: string | undefined): string {
  if (!family) throw new EcsError("ClientException", "Family should not be null or empty.");
  if (isName(family)) return family;
  const reason = family.length > 255 ? "is longer than 255 characters" : "contains invalid characters";
  throw new EcsError("ClientException", `Family ${reason}.`);
}
