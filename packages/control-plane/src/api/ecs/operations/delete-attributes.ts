import { EcsError } from "../api-error.ts";
import { commitPlan } from "../commit-plan.ts";
import { changeAttributes } from "../container-instance/attribute-targets.ts";
import { isCustomAttribute } from "../container-instance/registration.ts";
import type { Operation } from "../operation.ts";
import { requireCluster, requireList } from "../require.ts";

/** Takes custom attributes away from container instances, 10 at the most; names they do not have are no error. */
export const deleteAttributes: Operation<"DeleteAttributes"> = async (input, { store, caller }) => {
  const attributes = requireList(input.attributes, "attributes", 10);
  for (const { name = "" } of attributes) {
    if (!isCustomAttribute(name)) {
      throw new EcsError("InvalidParameterException", `Attribute ${name} is set by the agent and cannot be deleted.`);
    }
  }
  return commitPlan(store, (snapshot) => {
    const cluster = requireCluster(snapshot, input.cluster, caller);
    const writes = changeAttributes(attributes, { snapshot, cluster, place: caller }, (before, named) =>
      before.filter(({ name }) => !named.some((each) => each.name === name)),
    );
    return { writes, result: { attributes: [...attributes] } };
  });
};
