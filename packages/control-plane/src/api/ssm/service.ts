import type { MachineKeys } from "../../credentials/machine-keys.ts";
import type { SealedTexts } from "../../credentials/sealed-text.ts";
import type { ServiceDefinition } from "../http/service-definition.ts";
import { validationWording } from "../http/validation-wording.ts";
import { limitsOf } from "../limits/read-limits.ts";
import { platformTypes, RegisterManagedInstance$, registerManagedInstanceLimits } from "./register-managed-instance.ts";

/** AWS Systems Manager, as the front door serves it: what ECS users need of sessions, activations and parameters. */
export const ssmService = (extras: {
  readonly machineKeys: MachineKeys;
  readonly sealedParameters: SealedTexts;
}): ServiceDefinition => ({
  extras,
  sdkId: "SSM",
  signingName: "ssm",
  protocol: "awsJson1_1",
  target: "AmazonSSM",
  wording: validationWording({
    validation: "ValidationException",
    unreadable: "SerializationException",
    notBuilt: "UnsupportedOperationException",
    internal: "InternalServerError",
  }),
  async load() {
    const [sdk, { operations }, limits] = await Promise.all([
      import("@aws-sdk/client-ssm"),
      import("./operations.ts"),
      limitsOf("ssm"),
    ]);
    return {
      // What agents call and the SDK does not have stands beside it.
      sdk: { ...sdk, RegisterManagedInstance$ },
      operations,
      limits: {
        ...limits,
        enums: { ...limits.enums, PlatformType: platformTypes },
        structures: { ...limits.structures, ...registerManagedInstanceLimits },
      },
    };
  },
});
