import { createHash } from "node:crypto";
import type { RunTaskRequest } from "@aws-sdk/client-ecs";
import { type Deliver, type Delivery, DeliveryFailure } from "../delivery.ts";

/**
 * Runs tasks with the rights of a role. @returns why tasks were not started, empty if all were
 * @throws DeliveryFailure
 */
export type RunTask = (request: RunTaskRequest, roleArn: string) => Promise<readonly string[]>;

/** RunTask takes no more at a time. */
const atOnce = 10;

/**
 * Starts tasks in a cluster. What was started is not started again when the event is delivered another time.
 * Source: EventBridge API reference, EcsParameters.
 */
export const toEcsTask =
  (runTask: RunTask): Deliver =>
  async (delivery, input) => {
    const wanted = delivery.target.EcsParameters?.TaskCount ?? 1;
    const requests = Array.from({ length: Math.ceil(wanted / atOnce) }, (_, index) =>
      runTaskRequest(delivery, { input, count: Math.min(atOnce, wanted - index * atOnce), index }),
    );
    const failures: string[] = [];
    for (const request of requests) failures.push(...(await runTask(request, delivery.target.RoleArn ?? "")));
    if (failures.length > 0)
      throw new DeliveryFailure(`Tasks were not started: ${failures.join(", ")}`, { retriable: true });
  };

/** The call that an event becomes. An input of the target's own is the task's overrides. */
export function runTaskRequest(
  { target, event, rule, startedBy }: Delivery,
  { input, count, index }: { readonly input: string; readonly count: number; readonly index: number },
): RunTaskRequest {
  const { EcsParameters: given } = target;
  const vpc = given?.NetworkConfiguration?.awsvpcConfiguration;
  const isTransformed = [target.Input, target.InputPath, target.InputTransformer].some((each) => each !== undefined);
  return defined({
    cluster: target.Arn,
    taskDefinition: given?.TaskDefinitionArn,
    count,
    launchType: given?.LaunchType,
    networkConfiguration: vpc && {
      awsvpcConfiguration: defined({
        subnets: vpc.Subnets,
        securityGroups: vpc.SecurityGroups,
        assignPublicIp: vpc.AssignPublicIp,
      }),
    },
    platformVersion: given?.PlatformVersion,
    group: given?.Group,
    capacityProviderStrategy: given?.CapacityProviderStrategy,
    enableECSManagedTags: given?.EnableECSManagedTags,
    enableExecuteCommand: given?.EnableExecuteCommand,
    placementConstraints: given?.PlacementConstraints,
    placementStrategy: given?.PlacementStrategy,
    propagateTags: given?.PropagateTags,
    referenceId: given?.ReferenceId,
    tags: given?.Tags?.map(({ Key, Value }) => ({ key: Key, value: Value })),
    overrides: isTransformed ? overridesIn(input) : undefined,
    startedBy: startedBy ?? `events-rule/${rule.name}`,
    clientToken: createHash("sha256").update(`${event.id} ${rule.arn} ${target.Id} ${index}`).digest("hex"),
  }) as unknown as RunTaskRequest;
}

const defined = (members: Readonly<Record<string, unknown>>) =>
  Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));

function overridesIn(input: string): object {
  try {
    const overrides: unknown = JSON.parse(input);
    if (typeof overrides === "object" && overrides !== null && !Array.isArray(overrides)) return overrides;
  } catch (error) {
    throw new DeliveryFailure("The input of the target is no JSON.", { retriable: false, cause: error });
  }
  throw new DeliveryFailure("The input of the target is no object of task overrides.", { retriable: false });
}
