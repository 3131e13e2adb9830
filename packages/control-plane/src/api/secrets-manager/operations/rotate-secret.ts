import { SecretsError } from "../api-error.ts";
import type { Operation } from "../operation.ts";
import { requireLiveSecret } from "../secret-identifiers.ts";

/**
 * Rotation by a Lambda function, of which there are none here; refused, and the message says what there is instead.
 * Source: Secrets Manager API reference, RotateSecret.
 */
export const rotateSecret: Operation<"RotateSecret"> = async ({ SecretId, RotationLambdaARN }, { store, caller }) => {
  const { value } = requireLiveSecret(store.snapshot(), SecretId, caller);
  const instead = `Rotate it with: ./hatoba secret rotate ${value.name}`;
  throw new SecretsError(
    "InvalidRequestException",
    RotationLambdaARN === undefined
      ? `No Lambda rotation function ARN is associated with this secret. ${instead}`
      : `Secrets Manager cannot invoke the specified Lambda function: there are none here. ${instead}`,
  );
};
