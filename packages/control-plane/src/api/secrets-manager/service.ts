import type { ServiceDefinition } from "../http/service-definition.ts";
import { validationWording } from "../http/validation-wording.ts";
import { limitsOf } from "../limits/read-limits.ts";
import type { SecretsContext } from "./operation.ts";

/** AWS Secrets Manager, as the front door serves it. */
export const secretsManagerService = (extras: Pick<SecretsContext, "sealedSecrets">): ServiceDefinition => ({
  extras,
  sdkId: "Secrets Manager",
  signingName: "secretsmanager",
  protocol: "awsJson1_1",
  target: "secretsmanager",
  wording: validationWording({
    validation: "ValidationException",
    unreadable: "SerializationException",
    notBuilt: "UnsupportedOperationException",
    internal: "InternalServiceError",
  }),
  async load() {
    const [sdk, { operations }, limits] = await Promise.all([
      import("@aws-sdk/client-secrets-manager"),
      import("./operations.ts"),
      limitsOf("secretsmanager"),
    ]);
    return { sdk, operations, limits };
  },
});
