import type { Snapshot, Stored } from "../../store/store.ts";
import { SecretsError } from "./api-error.ts";

type Place = { readonly region: string; readonly accountId: string };

const prefixOf = ({ region, accountId }: Place) => `arn:aws:secretsmanager:${region}:${accountId}:secret:`;

/** @param suffix six letters or digits */
export const secretArn = (name: string, suffix: string, place: Place): string => `${prefixOf(place)}${name}-${suffix}`;

/**
 * A secret by its name, its ARN, or its ARN without the random end. What ends like an ARN is taken for one first.
 * Source: Secrets Manager API reference, GetSecretValue `SecretId`; user guide, "ARNs and names".
 */
export function findSecret(snapshot: Snapshot, secretId: string, place: Place): Stored<"secret"> | undefined {
  const whole = snapshot.get("secret", secretId);
  if (whole !== undefined) return whole;
  const prefix = prefixOf(place);
  if (secretId.startsWith("arn:") && !secretId.startsWith(prefix)) return undefined;
  const name = secretId.startsWith(prefix) ? secretId.slice(prefix.length) : secretId;
  return snapshot.list("secret", { name })[0];
}

/** @throws SecretsError ResourceNotFoundException */
export function requireSecret(snapshot: Snapshot, secretId: string | undefined, place: Place): Stored<"secret"> {
  const found = findSecret(snapshot, secretId ?? "", place);
  if (found === undefined) {
    throw new SecretsError("ResourceNotFoundException", "Secrets Manager can't find the specified secret.");
  }
  return found;
}

/** One that is not to be deleted. @throws SecretsError ResourceNotFoundException, InvalidRequestException */
export function requireLiveSecret(snapshot: Snapshot, secretId: string | undefined, place: Place): Stored<"secret"> {
  const found = requireSecret(snapshot, secretId, place);
  if (found.value.deletesAt !== undefined) {
    throw new SecretsError(
      "InvalidRequestException",
      "You can't perform this operation on the secret because it was marked for deletion.",
    );
  }
  return found;
}

/** @throws SecretsError ValidationException */
export function checkSecretName(name: string): void {
  if (/^[\w/+=.@!-]{1,512}$/.test(name)) return;
  throw new SecretsError(
    "ValidationException",
    "Invalid name. Must be a valid name containing alphanumeric characters, or any of the following: -/_+=.@!",
  );
}
