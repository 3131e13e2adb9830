import type { ParameterType, PutParameterRequest } from "@aws-sdk/client-ssm";
import { type Parameter, type ParameterVersion, parameterKey, parameterVersionKey } from "../../../model/parameter.ts";
import type { Snapshot, Stored } from "../../../store/store.ts";
import { commitPlan } from "../../ecs/commit-plan.ts";
import { SsmError } from "../api-error.ts";
import type { ParameterContext, ParameterOperation } from "../parameters/parameter-context.ts";
import { checkParameterName } from "../parameters/parameter-name.ts";
import { expiryOf } from "../parameters/parameter-policies.ts";
import { checkTags } from "../parameters/parameter-tags.ts";
import { checkValue, tierOf } from "../parameters/parameter-value.ts";

/** Source: Systems Manager user guide, "Working with parameter versions". */
const mostVersions = 100;
/** Source: AWS General Reference, "Systems Manager endpoints and quotas". */
const mostStandardParameters = 10_000;
const usualKey = "alias/aws/ssm";

/**
 * A new parameter, or with Overwrite the next version of one. What is not given anew stays as it was. The oldest of a hundred
 * versions makes room, unless it has a label. Source: Systems Manager API reference, PutParameter.
 */
export const putParameter: ParameterOperation<"PutParameter"> = async (input, context) => {
  const { Name: name = "", Overwrite = false, Tags = [] } = input;
  checkParameterName(name);
  if (Overwrite && Tags.length > 0) {
    throw invalid(
      "Invalid request: tags and overwrite can't be used together. To create a parameter with tags, please remove overwrite flag. To update tags for an existing parameter, please use AddTagsToResource or RemoveTagsFromResource.",
    );
  }
  checkTags(Tags);
  const expiresAt = expiryOf(input.Policies);
  return commitPlan(context.store, (snapshot) => {
    const current = snapshot.get("parameter", parameterKey(name));
    if (current !== undefined && !Overwrite) {
      throw new SsmError(
        "ParameterAlreadyExists",
        "The parameter already exists. To overwrite this value, set the overwrite option in the request to true.",
      );
    }
    if (current === undefined && snapshot.count("parameter") >= mostStandardParameters) {
      throw new SsmError("ParameterLimitExceeded", "You have exceeded the number of parameters for this account.");
    }
    const before = current && snapshot.get("parameterVersion", parameterVersionKey(name, current.value.latest))?.value;
    // Sealed in each try anew: the house's key may have changed since the last one.
    const sealedValue = context.sealedParameters.seal(input.Value ?? "");
    const version = nextVersion(input, { sealedValue, before, context });
    const surplus = current === undefined ? undefined : surplusVersion(snapshot, current.value);
    const value: Parameter = {
      name,
      oldest: surplus === undefined ? (current?.value.oldest ?? 1) : surplus.value.version + 1,
      latest: version.version,
      tags: current?.value.tags ?? Tags,
      ...expiry(input.Policies, expiresAt, current?.value),
    };
    return {
      writes: [
        { kind: "parameter", arn: parameterKey(name), expected: current?.revision ?? 0, value },
        { kind: "parameterVersion", arn: parameterVersionKey(name, version.version), expected: 0, value: version },
        ...(surplus === undefined
          ? []
          : [{ kind: surplus.kind, arn: surplus.arn, expected: surplus.revision, value: null }]),
      ],
      result: { Version: version.version, Tier: version.tier },
    };
  });
};

function nextVersion(
  input: PutParameterRequest,
  {
    sealedValue,
    before,
    context: { clock, caller },
  }: {
    readonly sealedValue: string;
    readonly before: ParameterVersion | undefined;
    readonly context: ParameterContext;
  },
): ParameterVersion {
  const type = input.Type ?? before?.type;
  if (type === undefined) throw invalid("A parameter type is required when you create a parameter.");
  const allowedPattern = input.AllowedPattern ?? before?.allowedPattern;
  const dataType = input.DataType ?? before?.dataType ?? "text";
  checkValue({ ...input, AllowedPattern: allowedPattern, DataType: dataType });
  const description = input.Description ?? before?.description;
  const policies = input.Policies ?? before?.policies;
  return {
    parameter: parameterKey(input.Name ?? ""),
    version: (before?.version ?? 0) + 1,
    type,
    sealedValue,
    tier: tierOf(input, before?.tier),
    dataType,
    ...(description ? { description } : {}),
    ...(allowedPattern ? { allowedPattern } : {}),
    ...keyOf(type, input.KeyId, before),
    ...(policies === undefined || policies.trim() === "[]" ? {} : { policies }),
    labels: [],
    modifiedAt: clock.now(),
    modifiedBy: caller.arn,
  };
}

function keyOf(type: ParameterType, keyId: string | undefined, before: ParameterVersion | undefined) {
  if (type === "SecureString") return { keyId: keyId ?? before?.keyId ?? usualKey };
  if (keyId !== undefined) {
    throw new SsmError("ValidationException", "KeyId is only valid with parameters of type SecureString.");
  }
  return {};
}

const expiry = (policies: string | undefined, expiresAt: number | undefined, before: Parameter | undefined) => {
  const wanted = policies === undefined ? before?.expiresAt : expiresAt;
  return wanted === undefined ? {} : { expiresAt: wanted };
};

/** @throws SsmError ParameterMaxVersionLimitExceeded if the version that would have to go has a label */
function surplusVersion(
  snapshot: Snapshot,
  { name, oldest, latest }: Parameter,
): Stored<"parameterVersion"> | undefined {
  if (latest - oldest + 1 < mostVersions) return undefined;
  const found = snapshot.get("parameterVersion", parameterVersionKey(name, oldest));
  if (found !== undefined && found.value.labels.length > 0) {
    throw new SsmError(
      "ParameterMaxVersionLimitExceeded",
      `You attempted to create a new version of ${name} by calling the PutParameter API with the overwrite flag. Version ${oldest}, the oldest version, can't be deleted because it has a label associated with it. Move the label to another version of the parameter, and try again.`,
    );
  }
  return found;
}

const invalid = (message: string) => new SsmError("ValidationException", message);
