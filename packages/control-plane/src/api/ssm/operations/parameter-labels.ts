import { parameterVersionKey } from "../../../model/parameter.ts";
import type { Snapshot, Stored, Write } from "../../../store/store.ts";
import { commitPlan } from "../../ecs/commit-plan.ts";
import { SsmError } from "../api-error.ts";
import { findByName, parameterNotFound, versionNotFound, versionsOf } from "../parameters/find-parameter.ts";
import type { ParameterOperation } from "../parameters/parameter-context.ts";

/** Source: Systems Manager API reference, LabelParameterVersion. */
const most = 10;

const isLabel = (label: string): boolean => /^[A-Za-z_.-][\w.-]{0,99}$/.test(label) && !/^(aws|ssm)/i.test(label);

/** A parameter's versions and the one that is meant: the latest unless one is named. @throws SsmError */
function requireVersions(
  snapshot: Snapshot,
  {
    Name = "",
    ParameterVersion,
  }: { readonly Name?: string | undefined; readonly ParameterVersion?: number | undefined },
): { readonly version: Stored<"parameterVersion">; readonly others: readonly Stored<"parameterVersion">[] } {
  const parameter = findByName(snapshot, Name)?.value;
  if (parameter === undefined) throw parameterNotFound();
  const number = ParameterVersion ?? parameter.latest;
  const version = snapshot.get("parameterVersion", parameterVersionKey(parameter.name, number));
  if (version === undefined) throw versionNotFound(parameter.name, number);
  return { version, others: versionsOf(snapshot, parameter.name).filter(({ arn }) => arn !== version.arn) };
}

const labelled = ({ kind, arn, revision, value }: Stored<"parameterVersion">, labels: readonly string[]): Write => ({
  kind,
  arn,
  expected: revision,
  value: { ...value, labels },
});

/** A label that another version has moves to this one. Source: Systems Manager API reference, LabelParameterVersion. */
export const labelParameterVersion: ParameterOperation<"LabelParameterVersion"> = (input, { store }) =>
  commitPlan(store, (snapshot) => {
    const { version, others } = requireVersions(snapshot, input);
    const { Labels = [] } = input;
    const valid = Labels.filter(isLabel);
    const labels = [...new Set([...version.value.labels, ...valid])];
    if (labels.length > most) {
      throw new SsmError(
        "ParameterVersionLabelLimitExceeded",
        `A parameter version can have maximum ${most} labels.Move one or more labels to another version and try again.`,
      );
    }
    const robbed = others.filter(({ value }) => value.labels.some((label) => valid.includes(label)));
    return {
      writes: [
        labelled(version, labels),
        ...robbed.map((other) =>
          labelled(
            other,
            other.value.labels.filter((label) => !valid.includes(label)),
          ),
        ),
      ],
      result: {
        InvalidLabels: Labels.filter((label) => !isLabel(label)),
        ParameterVersion: version.value.version,
      },
    };
  });

/** Source: Systems Manager API reference, UnlabelParameterVersion. */
export const unlabelParameterVersion: ParameterOperation<"UnlabelParameterVersion"> = (input, { store }) =>
  commitPlan(store, (snapshot) => {
    const { version } = requireVersions(snapshot, input);
    const { Labels = [] } = input;
    const has = version.value.labels;
    return {
      writes: [
        labelled(
          version,
          has.filter((label) => !Labels.includes(label)),
        ),
      ],
      result: {
        RemovedLabels: Labels.filter((label) => has.includes(label)),
        InvalidLabels: Labels.filter((label) => !has.includes(label)),
      },
    };
  });
