import { EcsError } from "../api-error.ts";
import type { Operation } from "../operation.ts";
import { requireParameter } from "../require.ts";

/** There are no Cloud Map namespaces here yet, so none of them has services. Source: ECS API reference, ListServicesByNamespace. */
export const listServicesByNamespace: Operation<"ListServicesByNamespace"> = async ({ namespace }) => {
  requireParameter(namespace, "namespace");
  throw new EcsError("NamespaceNotFoundException", "The specified namespace wasn't found.");
};
