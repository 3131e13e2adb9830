import type { Snapshot, Write } from "../../../store/store.ts";
import { commitPlan } from "../../ecs/commit-plan.ts";
import { findByName, parameterNotFound, versionsOf } from "../parameters/find-parameter.ts";
import type { ParameterOperation } from "../parameters/parameter-context.ts";

/** The writes that take a parameter away with all its versions; none if it is not there. */
function deletion(snapshot: Snapshot, name: string): readonly Write[] {
  const parameter = findByName(snapshot, name);
  if (parameter === undefined) return [];
  return [parameter, ...versionsOf(snapshot, parameter.value.name)].map(
    ({ kind, arn, revision }) => ({ kind, arn, expected: revision, value: null }) as Write,
  );
}

/** Source: Systems Manager API reference, DeleteParameter. @throws SsmError ParameterNotFound */
export const deleteParameter: ParameterOperation<"DeleteParameter"> = ({ Name = "" }, { store }) =>
  commitPlan(store, (snapshot) => {
    const writes = deletion(snapshot, Name);
    if (writes.length === 0) throw parameterNotFound();
    return { writes, result: {} };
  });

/** Up to ten at once. Source: Systems Manager API reference, DeleteParameters. */
export const deleteParameters: ParameterOperation<"DeleteParameters"> = ({ Names = [] }, { store }) =>
  commitPlan(store, (snapshot) => {
    const names = [...new Set(Names)];
    const parts = names.map((name) => ({ name, writes: deletion(snapshot, name) }));
    return {
      writes: parts.flatMap(({ writes }) => writes),
      result: {
        DeletedParameters: parts.flatMap(({ name, writes }) => (writes.length > 0 ? [name] : [])),
        InvalidParameters: parts.flatMap(({ name, writes }) => (writes.length > 0 ? [] : [name])),
      },
    };
  });
