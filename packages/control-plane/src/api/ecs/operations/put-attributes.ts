import { EcsError } from "../api-error.ts";
import { commitPlan } from "../commit-plan.ts";
import { changeAttributes } from "../container-instance/attribute-targets.ts";
import { isCustomAttribute, requireAttributes } from "../container-instance/registration.ts";
import type { Operation } from "../operation.ts";
import { requireCluster, requireList } from "../require.ts";

/**
 * Sets custom attributes of container instances, 10 at the most; a known name gets the new value.
 * @throws EcsError AttributeLimitExceededException above 10 custom ones on an instance, TargetNotFoundException.
 * Source: ECS API reference, PutAttributes.
 */
export const putAttributes: Operation<"PutAttributes"> = async (input, { store, caller }) => {
  const attributes = requireList(input.attributes, "attributes", 10);
  for (const { name = "" } of requireAttributes(attributes)) {
    if (!isCustomAttribute(name)) {
      throw new EcsError("InvalidParameterException", `Attribute ${name} is set by the agent and cannot be changed.`);
    }
  }
  return commitPlan(store, (snapshot) => {
    const cluster = requireCluster(snapshot, input.cluster, caller);
    const writes = changeAttributes(attributes, { snapshot, cluster, place: caller }, (before, named) => {
      const added = requireAttributes(named);
      const after = [...before.filter(({ name }) => !added.some((each) => each.name === name)), ...added];
      if (after.filter(({ name = "" }) => isCustomAttribute(name)).length > 10) {
        throw new EcsError("AttributeLimitExceededException", "A resource can have 10 custom attributes at the most.");
      }
      return after;
    });
    return { writes, result: { attributes: [...attributes] } };
  });
};
