import { createHash } from "node:crypto";
import type { RunTaskRequest } from "@aws-sdk/client-ecs";
import { type Deliver, type Delivery, DeliveryFailure } from "../delivery.ts";

/** What a RunTask call came to, or the same call before: how many tasks it started, and why not more. */
export interface RunResult {
  readonly started: number;
  readonly failures: readonly string[];
}

/** Runs tasks with the rights of a role. @throws DeliveryFailure */
export type RunTask = (request: RunTaskRequest, roleArn: string) => Promise<RunResult>;

/** RunTask takes no more at a time. */
const atOnce = 10;

/**
 * Starts tasks in a cluster, as many as the target wants in the end: what finds no place fails the delivery, and is what the next
 * attempt starts. What was started is not started again. Source: EventBridge API reference, EcsParameters.
 */
export const toEcsTask =
  (runTask: RunTask): Deliver =>
  async (delivery, input) => {
    const wanted = delivery.target.EcsParameters?.TaskCount ?? 1;
    const failures: string[] = [];
    for (let index = 0; index * atOnce < wanted; index++) {
      const lot = { input, index, count: Math.min(atOnce, wanted - index * atOnce) };
      failures.push(...(await runLot(delivery, lot, runTask)));
    }
    if (failures.length > 0)
      throw new DeliveryFailure(`Tasks were not started: ${failures.join(", ")}`, { retriable: true });
  };

interface Lot {
  readonly input: string;
  readonly index: number;
  /** Tasks. */
  readonly count: number;
}

/** Goes over the calls made before, each of which answers what it did, to the one for what is left. @returns why something is */
async function runLot(delivery: Delivery, lot: Lot, runTask: RunTask): Promise<readonly string[]> {
  let done = 0;
  while (done < lot.count) {
    const request = runTaskRequest(delivery, { ...lot, count: lot.count - done, done });
    const { started, failures } = await runTask(request, delivery.target.RoleArn ?? "");
    if (failures.length > 0) return failures;
    if (started === 0) return ["no task was started"];
    done += started;
  }
  return [];
}

/** The call that an event becomes; `done` is how many of the lot are started. An input of the target's own is the task's overrides. */
export function runTaskRequest(
  { target, event, rule, startedBy }: Delivery,
  { input, count, index, done = 0 }: Lot & { readonly done?: number },
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
    clientToken: createHash("sha256")
      .update([event.id, rule.arn, target.Id, index, ...(done === 0 ? [] : [done])].join(" "))
      .digest("hex"),
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
