import { type Secret, type SecretValue, secretVersionKey } from "../../../model/secret.ts";
import type { Snapshot, Stored } from "../../../store/store.ts";
import { EcsError } from "../../ecs/api-error.ts";
import { commitPlan } from "../../ecs/commit-plan.ts";
import { givenValue, withNewVersion } from "../../secrets-manager/new-version.ts";
import type { SecretsContext } from "../../secrets-manager/operation.ts";
import { randomPassword } from "../../secrets-manager/random-password.ts";
import { requireLiveSecret } from "../../secrets-manager/secret-identifiers.ts";
import { current, pending, previous, withStages } from "../../secrets-manager/stages.ts";

/** RotateSecret of the operator, which AWS does with Lambda functions: its run-time schema, as an SDK's module would bring it. */
export const RotateSecret$ = [
  9,
  "hatoba",
  "RotateSecret",
  0,
  [
    3,
    "hatoba",
    "RotateSecretRequest",
    0,
    ["secretId", "step", "value", "jsonKey", "length"],
    [0, 0, [0, "hatoba", "Value", 8, 0], 0, 1],
  ],
  [3, "hatoba", "RotateSecretResponse", 0, ["name", "arn", "versionId", "stages"], [0, 0, 0, 64]],
] as const;

export interface RotateSecretRequest {
  readonly secretId?: string;
  /** `create` puts the new value as AWSPENDING, `finish` makes what is pending AWSCURRENT; both if it is left out. */
  readonly step?: string;
  /** The new value; a random one if it is left out. */
  readonly value?: string;
  /** Of a secret that is a JSON object: the member that changes. `password` if there is one. */
  readonly jsonKey?: string;
  /** Of a random value, in characters. */
  readonly length?: number;
}

const usualLength = 32;

/**
 * Gives a secret a new value in the steps that a rotation function goes through: a version with AWSPENDING, which the operator
 * may bring to where the secret is used, and then AWSCURRENT, with the one of before as AWSPREVIOUS.
 * @throws EcsError InvalidParameterException @throws SecretsError if it is not there, or is to be deleted
 */
export async function rotateSecret(input: RotateSecretRequest, context: SecretsContext) {
  const { step } = input;
  if (step !== undefined && step !== "create" && step !== "finish") throw invalid("step is create or finish.");
  const versionId = context.ids.uuid();
  return commitPlan(context.store, (snapshot) => {
    const stored = requireLiveSecret(snapshot, input.secretId, context.caller);
    const made =
      step === "finish"
        ? { secret: stored.value, writes: [] }
        : withNewVersion(
            snapshot,
            stored.value,
            { versionId, value: newValue(snapshot, { stored, input, context }), stages: [pending] },
            context,
          );
    const secret = step === "create" ? made.secret : finished(made.secret, context.clock.now());
    const version = secret.versions.find(({ stages }) => stages.includes(step === "create" ? pending : current));
    return {
      writes: [{ kind: "secret", arn: stored.arn, expected: stored.revision, value: secret }, ...made.writes],
      result: {
        name: secret.name,
        arn: secret.arn,
        versionId: version?.versionId ?? "",
        stages: [...(version?.stages ?? [])],
      },
    };
  });
}

function finished(secret: Secret, now: number): Secret {
  const version = secret.versions.find(({ stages }) => stages.includes(pending));
  if (version === undefined) throw invalid(`The secret ${secret.name} has no version with the stage ${pending}.`);
  const versions = withStages(secret.versions, version.versionId, [current]).map((each) =>
    each === version || each.versionId === version.versionId
      ? { ...each, stages: each.stages.filter((stage) => stage !== pending && stage !== previous) }
      : each,
  );
  return { ...secret, versions, changedAt: now, rotatedAt: now };
}

function newValue(
  snapshot: Snapshot,
  {
    stored: secret,
    input: { value, jsonKey, length = usualLength },
    context: { sealedSecrets },
  }: { readonly stored: Stored<"secret">; readonly input: RotateSecretRequest; readonly context: SecretsContext },
): SecretValue {
  const { name, versions } = secret.value;
  if (value === "") throw invalid("value is empty.");
  if (!Number.isInteger(length) || length < 1 || length > 4096) throw invalid("length is from 1 to 4096.");
  const random = () =>
    value ?? randomPassword({ PasswordLength: length, ExcludePunctuation: true, RequireEachIncludedType: length >= 4 });
  const versionId = versions.find(({ stages }) => stages.includes(current))?.versionId ?? "";
  const stored = snapshot.get("secretVersion", secretVersionKey(secret.arn, versionId));
  const before = stored && (JSON.parse(sealedSecrets.open(stored.value.sealedValue)) as SecretValue);
  if (before !== undefined && "bytes" in before && value === undefined) {
    throw invalid(`The secret ${name} holds bytes: give the new value.`);
  }
  const object = before !== undefined && "text" in before ? jsonObject(before.text) : undefined;
  const key = jsonKey ?? (value === undefined && object !== undefined ? "password" : undefined);
  if (key === undefined) return textOf(random());
  if (object === undefined || !Object.hasOwn(object, key)) {
    throw invalid(`The secret ${name} is not a JSON object with the member ${key}: name another with jsonKey.`);
  }
  return textOf(JSON.stringify({ ...object, [key]: random() }));
}

/** @throws SecretsError ValidationException if it is too long */
const textOf = (SecretString: string): SecretValue => givenValue({ SecretString }) ?? { text: SecretString };

function jsonObject(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value)
      ? (value as Readonly<Record<string, unknown>>)
      : undefined;
  } catch {
    return undefined;
  }
}

const invalid = (message: string) => new EcsError("InvalidParameterException", message);
