import type { SecretValueEntry } from "@aws-sdk/client-secrets-manager";
import { type Secret, type SecretValue, type SecretVersionStages, secretVersionKey } from "../../model/secret.ts";
import type { Snapshot, Stored } from "../../store/store.ts";
import { update } from "../../store/update.ts";
import { SecretsError } from "./api-error.ts";
import type { SecretsContext } from "./operation.ts";
import { current } from "./stages.ts";

/** Which version is wanted; AWSCURRENT if neither is said. */
export interface VersionWish {
  readonly VersionId?: string | undefined;
  readonly VersionStage?: string | undefined;
}

/** A version's value in the API's shape. @throws SecretsError ResourceNotFoundException, InvalidRequestException */
export function readValue(
  snapshot: Snapshot,
  secret: Secret,
  wish: VersionWish,
  { sealedSecrets }: Pick<SecretsContext, "sealedSecrets">,
): SecretValueEntry {
  const version = requireVersion(secret, wish);
  const stored = snapshot.get("secretVersion", secretVersionKey(secret.arn, version.versionId));
  if (stored === undefined) throw noValue("VersionId", version.versionId);
  const value = JSON.parse(sealedSecrets.open(stored.value.sealedValue)) as SecretValue;
  return {
    ARN: secret.arn,
    Name: secret.name,
    VersionId: version.versionId,
    ...("text" in value ? { SecretString: value.text } : { SecretBinary: Buffer.from(value.bytes, "base64") }),
    VersionStages: [...version.stages],
    CreatedDate: new Date(version.createdAt),
  };
}

function requireVersion({ versions }: Secret, { VersionId, VersionStage }: VersionWish): SecretVersionStages {
  if (VersionId === undefined) {
    const stage = VersionStage ?? current;
    const version = versions.find(({ stages }) => stages.includes(stage));
    if (version === undefined) throw noValue("staging label", stage);
    return version;
  }
  const version = versions.find(({ versionId }) => versionId === VersionId);
  if (version === undefined) throw noValue("VersionId", VersionId);
  if (VersionStage !== undefined && !version.stages.includes(VersionStage)) {
    throw new SecretsError(
      "InvalidRequestException",
      "You provided a VersionStage that is not associated to the provided VersionId.",
    );
  }
  return version;
}

const noValue = (what: string, name: string) =>
  new SecretsError(
    "ResourceNotFoundException",
    `Secrets Manager can't find the specified secret value for ${what}: ${name}`,
  );

const dayMs = 24 * 60 * 60_000;

/** Notes the day on which a secret was last read: one write a day. */
export async function noteAccess({ arn, value }: Stored<"secret">, { store, clock }: SecretsContext): Promise<void> {
  const today = Math.floor(clock.now() / dayMs) * dayMs;
  if (value.accessedAt === today || store.snapshot().get("secret", arn) === undefined) return;
  await update(store, "secret", arn, (secret) =>
    secret.accessedAt === today ? secret : { ...secret, accessedAt: today },
  );
}
