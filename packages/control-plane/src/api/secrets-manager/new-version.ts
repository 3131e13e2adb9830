import { type Secret, type SecretValue, secretVersionKey } from "../../model/secret.ts";
import type { Snapshot, Stored, Write } from "../../store/store.ts";
import { SecretsError } from "./api-error.ts";
import type { SecretsContext } from "./operation.ts";
import { current, surplusVersions, withStages } from "./stages.ts";

/** Source: Secrets Manager API reference, PutSecretValue `SecretString`. */
const mostBytes = 65_536;

interface GivenValue {
  readonly SecretString?: string | undefined;
  readonly SecretBinary?: Uint8Array | undefined;
}

/** The value that a call brings, if it brings one. @throws SecretsError InvalidParameterException, ValidationException */
export function givenValue({ SecretString, SecretBinary }: GivenValue): SecretValue | undefined {
  if (SecretString !== undefined && SecretBinary !== undefined) {
    throw new SecretsError(
      "InvalidParameterException",
      "You can't specify both a binary secret value and a string secret value in the same secret.",
    );
  }
  if (SecretBinary !== undefined) return { bytes: Buffer.from(SecretBinary).toString("base64") };
  if (SecretString === undefined) return undefined;
  if (Buffer.byteLength(SecretString) > mostBytes) {
    throw new SecretsError(
      "ValidationException",
      "1 validation error detected: Value at 'secretString' failed to satisfy constraint: Member must have length less than or equal to 65536",
    );
  }
  return { text: SecretString };
}

/** A version to be made. */
export interface NewVersion {
  readonly versionId: string;
  readonly value: SecretValue;
  readonly stages: readonly string[];
}

/**
 * A secret with one more version, and the writes of versions that go with it. The same version once more changes nothing but
 * stages. The first version is AWSCURRENT, whatever else it is.
 * @throws SecretsError ResourceExistsException if there is a version of this id with another value
 */
export function withNewVersion(
  snapshot: Snapshot,
  secret: Secret,
  { versionId, value, stages: wanted }: NewVersion,
  { clock, sealedSecrets }: Pick<SecretsContext, "clock" | "sealedSecrets">,
): { readonly secret: Secret; readonly writes: readonly Write[] } {
  const existing = snapshot.get("secretVersion", secretVersionKey(secret.arn, versionId));
  if (existing !== undefined) {
    requireSame(existing, value, sealedSecrets);
    return { secret, writes: [] };
  }
  const stages = secret.versions.length === 0 ? [...new Set([...wanted, current])] : wanted;
  const added = [...secret.versions, { versionId, stages: [], createdAt: clock.now() }];
  const staged = withStages(added, versionId, stages);
  const surplus = surplusVersions(staged);
  const gone = surplus.flatMap(
    (each) => snapshot.get("secretVersion", secretVersionKey(secret.arn, each.versionId)) ?? [],
  );
  const sealedValue = sealedSecrets.seal(JSON.stringify(value));
  return {
    secret: { ...secret, versions: staged.filter((each) => !surplus.includes(each)), changedAt: clock.now() },
    writes: [
      {
        kind: "secretVersion",
        arn: secretVersionKey(secret.arn, versionId),
        expected: 0,
        value: { secretArn: secret.arn, versionId, sealedValue },
      },
      ...gone.map(({ kind, arn, revision }) => ({ kind, arn, expected: revision, value: null })),
    ],
  };
}

function requireSame(
  { value: { sealedValue } }: Stored<"secretVersion">,
  value: SecretValue,
  sealed: SecretsContext["sealedSecrets"],
): void {
  if (sealed.open(sealedValue) === JSON.stringify(value)) return;
  throw new SecretsError("ResourceExistsException", "A resource with the ID you requested already exists.");
}
