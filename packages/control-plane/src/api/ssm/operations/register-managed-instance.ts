import { hashOfCode, isCode, type MachineKeys } from "../../../credentials/machine-keys.ts";
import { type Activation, activationKey } from "../../../model/activation.ts";
import { type ManagedInstance, managedInstanceKey } from "../../../model/managed-instance.ts";
import { commitPlan } from "../../ecs/commit-plan.ts";
import type { OperationContext } from "../../operation-context.ts";
import { SsmError } from "../api-error.ts";
import type { RegisterManagedInstanceRequest, RegisterManagedInstanceResult } from "../register-managed-instance.ts";

/** Compared with when there is no such activation, so that the answer takes as long. */
const noHash = hashOfCode("");

/**
 * Lets a machine join by an activation and gives it a key of its own. Each call is one more machine: uses are counted in
 * the same commit, so that two at once cannot both be the last. Nobody signs it.
 * @throws SsmError InvalidActivation, in the same words for an unknown id and a wrong code.
 */
export async function registerManagedInstance(
  input: RegisterManagedInstanceRequest,
  { store, clock, ids, settings, remoteAddress, machineKeys }: OperationContext & { readonly machineKeys: MachineKeys },
): Promise<RegisterManagedInstanceResult> {
  const instanceId = `mi-${ids.hex(17)}`;
  const keySalt = ids.hex(32);
  const key = machineKeys.keyOf(instanceId, keySalt);
  await commitPlan(store, (snapshot) => {
    const stored = snapshot.get("activation", activationKey(input.ActivationId));
    const isRight = isCode(input.ActivationCode, stored?.value.codeHash ?? noHash);
    if (stored === undefined || !isRight) throw refusal("There is no such activation, or its code is another one.");
    const activation = stored.value;
    requireOpen(activation, clock.now());
    const machine: ManagedInstance = {
      instanceId,
      activationId: activation.activationId,
      iamRole: activation.iamRole,
      accessKeyId: key.accessKeyId,
      keySalt,
      registeredAt: clock.now(),
      tags: activation.tags,
      ...(activation.defaultInstanceName === undefined ? {} : { name: activation.defaultInstanceName }),
      ...profileOf(input, remoteAddress),
    };
    const { kind, arn, revision } = stored;
    const used = { ...activation, registrationsCount: activation.registrationsCount + 1 };
    return {
      writes: [
        { kind, arn, expected: revision, value: used },
        { kind: "managedInstance", arn: managedInstanceKey(instanceId), expected: 0, value: machine },
      ],
      result: undefined,
    };
  });
  const { accessKeyId, secretAccessKey } = key;
  return {
    InstanceId: instanceId,
    AccessKeyId: accessKeyId,
    SecretAccessKey: secretAccessKey,
    Region: settings.region,
  };
}

const refusal = (message: string) => new SsmError("InvalidActivation", message);

function requireOpen({ expiresAt, registrationsCount, registrationLimit }: Activation, now: number): void {
  if (expiresAt <= now) throw refusal("The activation is expired. Create a new one.");
  if (registrationsCount >= registrationLimit) {
    throw refusal(`The activation was for ${registrationLimit} machines, and as many have joined. Create a new one.`);
  }
}

function profileOf(input: RegisterManagedInstanceRequest, remoteAddress: string | undefined) {
  const ipAddress = input.IPAddress ?? remoteAddress?.replace(/^::ffff:/, "");
  return {
    ...(input.ComputerName === undefined ? {} : { computerName: input.ComputerName }),
    ...(ipAddress === undefined ? {} : { ipAddress }),
    ...(input.PlatformType === undefined ? {} : { platformType: input.PlatformType }),
    ...(input.PlatformName === undefined ? {} : { platformName: input.PlatformName }),
    ...(input.PlatformVersion === undefined ? {} : { platformVersion: input.PlatformVersion }),
  };
}
