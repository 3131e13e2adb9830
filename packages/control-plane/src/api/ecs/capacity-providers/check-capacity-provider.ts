import type {
  AutoScalingGroupProvider,
  AutoScalingGroupProviderUpdate,
  CreateManagedInstancesProviderConfiguration,
  ManagedScaling,
} from "@aws-sdk/client-ecs";
import { EcsError } from "../api-error.ts";

const invalid = (message: string) => new EcsError("InvalidParameterException", message);
const refused = (message: string) => new EcsError("ClientException", message);

/** Source: ECS API reference, CreateCapacityProvider, `name`. */
export function requireProviderName(name: string): string {
  if (/^[a-zA-Z0-9_-]{1,255}$/.test(name) && !/^(aws|ecs|fargate)/i.test(name)) return name;
  throw refused(
    `The specified capacity provider name is invalid: ${name}. Up to 255 letters, numbers, underscores and hyphens are allowed, and it cannot begin with "aws", "ecs" or "fargate".`,
  );
}

/** A group's provider with the defaults of what it does not say. Source: ECS API reference, ManagedScaling. */
export function groupProviderOf(input: AutoScalingGroupProvider): AutoScalingGroupProvider {
  const { autoScalingGroupArn = "" } = input;
  if (autoScalingGroupArn === "") throw invalid("autoScalingGroupArn can not be blank.");
  return withProtection({
    autoScalingGroupArn,
    managedScaling: scalingOf(input.managedScaling ?? {}),
    managedTerminationProtection: input.managedTerminationProtection ?? "DISABLED",
    managedDraining: input.managedDraining ?? "ENABLED",
  });
}

/** A group's provider with what an update names. */
export const updatedGroupProvider = (
  known: AutoScalingGroupProvider,
  { managedScaling, managedTerminationProtection, managedDraining }: AutoScalingGroupProviderUpdate,
): AutoScalingGroupProvider =>
  withProtection({
    ...known,
    managedScaling: scalingOf({ ...known.managedScaling, ...managedScaling }),
    ...(managedTerminationProtection === undefined ? {} : { managedTerminationProtection }),
    ...(managedDraining === undefined ? {} : { managedDraining }),
  });

/** Source: ECS API reference, AutoScalingGroupProvider, `managedTerminationProtection`. */
function withProtection(provider: AutoScalingGroupProvider): AutoScalingGroupProvider {
  if (provider.managedTerminationProtection === "ENABLED" && provider.managedScaling?.status !== "ENABLED") {
    throw refused(
      "The managed termination protection setting for the capacity provider is invalid. To enable managed termination protection for a capacity provider, managed scaling must be enabled.",
    );
  }
  return provider;
}

function scalingOf(scaling: ManagedScaling): ManagedScaling {
  const known = {
    status: scaling.status ?? "DISABLED",
    targetCapacity: scaling.targetCapacity ?? 100,
    minimumScalingStepSize: scaling.minimumScalingStepSize ?? 1,
    maximumScalingStepSize: scaling.maximumScalingStepSize ?? 10_000,
    instanceWarmupPeriod: scaling.instanceWarmupPeriod ?? 300,
  } as const;
  const within = (name: keyof typeof known, least: number, most: number) => {
    const value = known[name];
    if (typeof value === "number" && (value < least || value > most)) {
      throw invalid(`${name} must be between ${least} and ${most}.`);
    }
  };
  within("targetCapacity", 1, 100);
  within("minimumScalingStepSize", 1, 10_000);
  within("maximumScalingStepSize", 1, 10_000);
  within("instanceWarmupPeriod", 0, 10_000);
  if (known.minimumScalingStepSize > known.maximumScalingStepSize) {
    throw invalid("minimumScalingStepSize cannot be greater than maximumScalingStepSize.");
  }
  return known;
}

/** The parts without which managed instances could not be started. Source: ECS API reference, InstanceLaunchTemplate. */
export function requireManagedInstances(
  provider: CreateManagedInstancesProviderConfiguration,
): CreateManagedInstancesProviderConfiguration {
  const subnets = provider.instanceLaunchTemplate?.networkConfiguration?.subnets ?? [];
  if (subnets.length === 0) throw invalid("subnets can not be empty.");
  return provider;
}
