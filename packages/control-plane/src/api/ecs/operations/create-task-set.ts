import { createHash } from "node:crypto";
import type { Snapshot, Stored } from "../../../store/store.ts";
import { EcsError } from "../api-error.ts";
import { checkLaunch, chooseLaunch } from "../check-launch.ts";
import { commitPlan } from "../commit-plan.ts";
import { serviceFrom } from "../identifiers.ts";
import type { Input, Operation } from "../operation.ts";
import { requireCluster, requireParameter, requireTaskDefinition } from "../require.ts";
import { newDeploymentId } from "../services/new-deployment.ts";
import { requireActiveService } from "../services/require-service.ts";
import { requireTags } from "../tags.ts";
import {
  refuseUnbuiltTaskSet,
  requireRoomForTaskSet,
  requireScale,
  requireTaskSetService,
} from "../task-sets/check-task-set.ts";
import { describeTaskSet } from "../task-sets/describe-task-set.ts";
import { newTaskSet } from "../task-sets/new-task-set.ts";
import { volumeWishes } from "../tasks/volume-wishes.ts";

const tokenLifeMs = 24 * 60 * 60 * 1000;
const allOfThem = { value: 100, unit: "PERCENT" as const };

/**
 * Adds a task set to a service; the service loop then starts its tasks. It is ACTIVE: which one is PRIMARY is said apart. The
 * same call with the same clientToken within a day answers the task set that the first one made. Source: ECS API reference,
 * CreateTaskSet.
 */
export const createTaskSet: Operation<"CreateTaskSet"> = async (input, { store, clock, ids, caller }) => {
  refuseUnbuiltTaskSet(input);
  const scalePercent = requireScale(input.scale ?? allOfThem);
  const tags = requireTags(input.tags);
  const taskSetId = newDeploymentId(ids);
  const now = clock.now();
  const taskSet = await commitPlan(store, (snapshot) => {
    const cluster = requireCluster(snapshot, input.cluster, caller);
    const { arn } = serviceFrom(requireParameter(input.service, "service"), cluster, caller);
    const service = requireActiveService(snapshot, arn);
    requireTaskSetService(service.value);
    const token = tokenOf(input, arn);
    const known = token && madeBefore(token, snapshot, now);
    if (known !== undefined) {
      return {
        writes: [],
        result: describeTaskSet(known, { snapshot, service: service.value, now, tags: true }),
      };
    }
    requireRoomForTaskSet(snapshot, arn);
    const named = requireParameter(input.taskDefinition, "taskDefinition");
    const taskDefinition = requireTaskDefinition(snapshot, named, caller);
    const choice = chooseLaunch(input, cluster.stored);
    checkLaunch(input, choice, { taskDefinition: taskDefinition.value, snapshot });
    volumeWishes(service.value.volumeConfigurations, taskDefinition.value);
    const {
      launchType: _type,
      capacityProviderStrategy: _strategy,
      platformVersion: _version,
      networkConfiguration: _network,
      ...rest
    } = service.value;
    const { externalId, platformVersion, networkConfiguration } = input;
    const made = newTaskSet(
      { taskSetId, scalePercent, tags, ...(externalId === undefined ? {} : { externalId }) },
      {
        arn,
        value: {
          ...rest,
          ...choice,
          taskDefinition: taskDefinition.arn,
          ...(platformVersion ? { platformVersion } : {}),
          ...(networkConfiguration === undefined ? {} : { networkConfiguration }),
        },
      },
      { place: caller, now },
    );
    return {
      writes: [
        ...made.writes,
        // So that a deletion of the service in the meantime is noticed.
        { kind: "service", arn, expected: service.revision, value: service.value },
        ...(token === undefined ? [] : [tokenWrite(token, { snapshot, arn: made.taskSet.arn, now })]),
      ],
      result: describeTaskSet(made.taskSet, {
        snapshot,
        service: service.value,
        now,
        tags: true,
        deployment: made.deployment,
      }),
    };
  });
  return { taskSet };
};

interface Token {
  readonly key: string;
  readonly requestHash: string;
}

function tokenOf({ clientToken, ...rest }: Input<"CreateTaskSet">, serviceArn: string): Token | undefined {
  if (!clientToken) return undefined;
  const requestHash = createHash("sha256").update(JSON.stringify(rest)).digest("hex");
  return { key: `CreateTaskSet/${serviceArn}/${clientToken}`, requestHash };
}

function madeBefore({ key, requestHash }: Token, snapshot: Snapshot, now: number): Stored<"taskSet"> | undefined {
  const known = snapshot.get("clientToken", key)?.value;
  if (known === undefined || known.expiresAt <= now) return undefined;
  const [made] = known.arns.flatMap((arn) => snapshot.get("taskSet", arn) ?? []);
  if (known.requestHash === requestHash && made !== undefined) return made;
  throw new EcsError("InvalidParameterException", "Creation of task set was not idempotent.");
}

function tokenWrite(
  { key, requestHash }: Token,
  { snapshot, arn, now }: { readonly snapshot: Snapshot; readonly arn: string; readonly now: number },
) {
  const value = { operation: "CreateTaskSet", requestHash, arns: [arn], expiresAt: now + tokenLifeMs };
  return { kind: "clientToken" as const, arn: key, expected: snapshot.get("clientToken", key)?.revision ?? 0, value };
}
