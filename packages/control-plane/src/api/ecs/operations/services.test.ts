import {
  type DeploymentCircuitBreaker,
  type DescribeServicesCommand,
  type ECSClient,
  waitUntilServicesInactive,
  waitUntilServicesStable,
} from "@aws-sdk/client-ecs";
import { beforeEach, describe, expect, test } from "vitest";
import {
  exampleContainerInstance,
  exampleContainerInstanceArn,
  exampleRunningTask,
  exampleSubnet,
  exampleTaskArn,
} from "../../../model/examples.ts";
import { startLoops } from "../../../reconcile/start-loops.ts";
import type { Snapshot, Store } from "../../../store/store.ts";
import { until } from "../../../store/until.ts";
import type { OperationContext } from "../../operation-context.ts";
import { exampleContext, given, refusal } from "../example-context.ts";
import type { Input } from "../operation.ts";
import { createCluster } from "./create-cluster.ts";
import { createService } from "./create-service.ts";
import { deleteService } from "./delete-service.ts";
import { describeServices } from "./describe-services.ts";
import { listServices } from "./list-services.ts";
import { putClusterCapacityProviders } from "./put-cluster-capacity-providers.ts";
import { registerTaskDefinition } from "./register-task-definition.ts";
import { submitTaskStateChange } from "./submit-task-state-change.ts";
import { updateService } from "./update-service.ts";

let context: OperationContext;
beforeEach(async () => {
  context = exampleContext();
  await createCluster({}, context);
  await register("web");
});

async function register(family: string, more: Partial<Input<"RegisterTaskDefinition">> = {}): Promise<void> {
  const containerDefinitions = [{ name: "app", image: "busybox", memory: 32 }];
  await registerTaskDefinition({ family, containerDefinitions, ...more }, context);
}
const fargate = {
  requiresCompatibilities: ["FARGATE" as const],
  networkMode: "awsvpc" as const,
  cpu: "256",
  memory: "512",
};
const addSubnet = (subnetId: string) =>
  given(context, { kind: "subnet", arn: subnetId, value: exampleSubnet({ subnetId }) });
const breaker = (of: Partial<DeploymentCircuitBreaker>) => ({
  deploymentConfiguration: { deploymentCircuitBreaker: { enable: true, rollback: false, ...of } },
});

const create = async (more: Partial<Input<"CreateService">> = {}) =>
  (await createService({ serviceName: "web", taskDefinition: "web", desiredCount: 2, ...more }, context)).service;
const update = async (more: Partial<Input<"UpdateService">>) =>
  (await updateService({ service: "web", ...more }, context)).service;
const described = async () => (await describeServices({ services: ["web"] }, context)).services?.[0];

describe("CreateService", () => {
  test("answers the service with ECS's defaults and a first deployment", async () => {
    const service = await create();
    expect(service).toMatchObject({
      serviceArn: "arn:aws:ecs:us-east-1:000000000000:service/default/web",
      clusterArn: "arn:aws:ecs:us-east-1:000000000000:cluster/default",
      status: "ACTIVE",
      desiredCount: 2,
      runningCount: 0,
      pendingCount: 0,
      launchType: "EC2",
      schedulingStrategy: "REPLICA",
      taskDefinition: "arn:aws:ecs:us-east-1:000000000000:task-definition/web:1",
      deploymentConfiguration: {
        maximumPercent: 200,
        minimumHealthyPercent: 100,
        deploymentCircuitBreaker: { enable: false, rollback: false },
      },
      deploymentController: { type: "ECS" },
      enableECSManagedTags: false,
      propagateTags: "NONE",
      loadBalancers: [],
      events: [],
    });
    expect(service?.deployments).toHaveLength(1);
    expect(service?.deployments?.[0]).toMatchObject({
      id: expect.stringMatching(/^ecs-svc\/\d{19}$/),
      status: "PRIMARY",
      rolloutState: "IN_PROGRESS",
      rolloutStateReason: expect.stringMatching(/^ECS deployment ecs-svc\/\d{19} in progress\.$/),
      desiredCount: 2,
      failedTasks: 0,
    });
    expect(service?.createdAt).toBeInstanceOf(Date);
  });

  test("is idempotent by clientToken, and only by that", async () => {
    const first = await create({ clientToken: "t" });
    expect((await create({ clientToken: "t" }))?.deployments?.[0]?.id).toBe(first?.deployments?.[0]?.id);
    const notIdempotent = "InvalidParameterException: Creation of service was not idempotent."; // Source: terraform-provider-aws issues
    expect(await refusal(create({ clientToken: "t", desiredCount: 3 }))).toBe(notIdempotent);
    expect(await refusal(create())).toBe(notIdempotent);
  });

  test.each<[string, Partial<Input<"CreateService">>, string]>([
    ["an unknown cluster", { cluster: "x" }, "ClusterNotFoundException: Cluster not found."],
    ["an unknown task definition", { taskDefinition: "x" }, "ClientException: TaskDefinition not found."],
    [
      "no task definition",
      { taskDefinition: undefined },
      "InvalidParameterException: taskDefinition can not be blank.",
    ],
    ["a bad name", { serviceName: "a b" }, "InvalidParameterException: Service name must match"],
    ["a negative count", { desiredCount: -1 }, "InvalidParameterException: desiredCount cannot be less than 0."],
    ["no count", { desiredCount: undefined }, "InvalidParameterException: desiredCount can not be blank."],
    [
      "two ways to launch",
      { launchType: "EC2", capacityProviderStrategy: [{ capacityProvider: "FARGATE" }] },
      "InvalidParameterException: Specifying both a launch type and capacity provider strategy is not supported. Remove one and try again.",
    ],
    [
      "a launch type its tasks do not fit",
      { launchType: "FARGATE" },
      "InvalidParameterException: Task definition does not support launch_type FARGATE.",
    ],
    [
      "limits that allow no step",
      { deploymentConfiguration: { maximumPercent: 100, minimumHealthyPercent: 100 } },
      "InvalidParameterException: Both maximumPercent and minimumHealthyPercent cannot be 100 as this will block deployments.",
    ],
    [
      "a network for bridge tasks",
      { networkConfiguration: { awsvpcConfiguration: { subnets: ["subnet-1"] } } },
      "InvalidParameterException: Network Configuration is not valid for the given networkMode of this task definition.",
    ],
    [
      "a platform version on EC2",
      { platformVersion: "1.4.0" },
      "InvalidParameterException: The platform version must be null when specifying an EC2 launch type.",
    ],
    [
      "a bad query",
      { placementConstraints: [{ type: "memberOf", expression: "attribute:" }] },
      "InvalidParameterException: Invalid expression",
    ],
    [
      "a strategy without field",
      { placementStrategy: [{ type: "spread" }] },
      "InvalidParameterException: Field can not be blank",
    ],
    [
      "load balancers",
      { loadBalancers: [{ targetGroupArn: "x" }] },
      "UnsupportedFeatureException: Hatoba does not have load balancers yet",
    ],
    [
      "a bake time of more than a day",
      { deploymentConfiguration: { bakeTimeInMinutes: 1441 } },
      "InvalidParameterException: bakeTimeInMinutes must be between 0 and 1440.",
    ],
    [
      "a linear configuration of another strategy",
      { deploymentConfiguration: { strategy: "CANARY", linearConfiguration: {} } },
      "InvalidParameterException: linearConfiguration can only be specified with the LINEAR",
    ],
    [
      "a step that is too small",
      { deploymentConfiguration: { strategy: "LINEAR", linearConfiguration: { stepPercent: 2 } } },
      "InvalidParameterException: stepPercent must be between 3 and 100",
    ],
    [
      "a hook of a rolling deployment",
      { deploymentConfiguration: { lifecycleHooks: [{ targetType: "PAUSE", lifecycleStages: ["PRE_SCALE_UP"] }] } },
      "InvalidParameterException: Lifecycle hooks can only be specified",
    ],
    [
      "a hook that calls Lambda",
      {
        deploymentConfiguration: {
          strategy: "BLUE_GREEN",
          lifecycleHooks: [{ hookTargetArn: "arn:aws:lambda:x", lifecycleStages: ["PRE_SCALE_UP"] }],
        },
      },
      "UnsupportedFeatureException",
    ],
    [
      "early success that says half of it",
      { deploymentConfiguration: { earlySuccessCriteria: { enable: true, healthyPercent: 100 } } },
      "InvalidParameterException: earlySuccessCriteria requires healthyPercent and sourceServiceRevisionCleanup",
    ],
    [
      "early success below the floor",
      {
        deploymentConfiguration: {
          minimumHealthyPercent: 80,
          earlySuccessCriteria: { enable: true, healthyPercent: 50, sourceServiceRevisionCleanup: "DEFERRED" },
        },
      },
      "InvalidParameterException: healthyPercent must be greater than or equal to minimumHealthyPercent.",
    ],
    [
      "a failure threshold of nothing",
      breaker({ thresholdConfiguration: { type: "COUNT", value: 0 } }),
      "InvalidParameterException: The value of a circuit breaker's thresholdConfiguration must be at least 1",
    ],
    ["gateway connectors", { gatewayConnectors: [{} as never] }, "UnsupportedFeatureException"],
    [
      "finer metrics",
      { monitoring: { metricConfigurations: [{} as never] } },
      "UnsupportedFeatureException: Hatoba does not have service metrics of another resolution yet",
    ],
  ])("refuses %s, and makes nothing", async (_what, more, message) => {
    expect(await refusal(create(more))).toContain(message);
    expect((await listServices({}, context)).serviceArns).toEqual([]);
  });

  test("takes a circuit breaker that counts as ECS does", async () => {
    const thresholdConfiguration = { type: "BOUNDED_PERCENT" as const, value: 50 };
    const service = await create(breaker({ resetOnHealthyTask: true, thresholdConfiguration }));
    expect(service?.deploymentConfiguration?.deploymentCircuitBreaker).toMatchObject({ enable: true });
  });

  test("an awsvpc service needs a network with subnets that exist", async () => {
    await register("vpc", fargate);
    const wish = { taskDefinition: "vpc", launchType: "FARGATE" as const };
    expect(await refusal(create(wish))).toBe(
      "InvalidParameterException: Network Configuration must be provided when networkMode 'awsvpc' is specified.",
    );
    const network = { awsvpcConfiguration: { subnets: ["subnet-0123"] } };
    expect(await refusal(create({ ...wish, networkConfiguration: network }))).toContain(
      "The subnet ID 'subnet-0123' does not exist",
    );
    await addSubnet("subnet-0123");
    const service = await create({ ...wish, networkConfiguration: network });
    expect(service).toMatchObject({
      launchType: "FARGATE",
      platformVersion: "LATEST",
      platformFamily: "Linux",
      networkConfiguration: network,
      roleArn: expect.stringContaining("AWSServiceRoleForECS"),
    });
    expect(service?.deployments?.[0]).toMatchObject({ platformVersion: "1.4.0", platformFamily: "Linux" });
  });
});

describe("UpdateService", () => {
  test("a new count changes no deployment; a new task definition begins one", async () => {
    const before = await create();
    const scaled = await update({ desiredCount: 5 });
    expect(scaled?.desiredCount).toBe(5);
    expect(scaled?.deployments?.map(({ id }) => id)).toEqual(before?.deployments?.map(({ id }) => id));
    await register("web");
    const rolled = await update({ taskDefinition: "web" });
    expect(rolled?.taskDefinition).toMatch(/web:2$/);
    expect(rolled?.deployments).toMatchObject([
      { status: "PRIMARY", taskDefinition: expect.stringMatching(/web:2$/), rolloutState: "IN_PROGRESS" },
      { status: "ACTIVE", taskDefinition: expect.stringMatching(/web:1$/) },
    ]);
  });

  test("the same task definition begins none, forceNewDeployment always one", async () => {
    await create();
    expect((await update({ taskDefinition: "web:1" }))?.deployments).toHaveLength(1);
    expect((await update({ forceNewDeployment: true }))?.deployments).toHaveLength(2);
  });

  test("the same network in other words begins none, another one does; a count needs no network at all", async () => {
    await register("vpc", fargate);
    await addSubnet("subnet-a");
    await addSubnet("subnet-b");
    const network = (...subnets: string[]) => ({ networkConfiguration: { awsvpcConfiguration: { subnets } } });
    await create({ taskDefinition: "vpc", launchType: "FARGATE", ...network("subnet-a", "subnet-b") });
    const same = { subnets: ["subnet-b", "subnet-a"], securityGroups: [], assignPublicIp: "DISABLED" as const };
    const again = await update({ networkConfiguration: { awsvpcConfiguration: same }, platformVersion: "LATEST" });
    expect(again?.deployments).toHaveLength(1);
    expect((await update(network("subnet-a")))?.deployments).toHaveLength(2);

    const subnet = context.store.snapshot().get("subnet", "subnet-a");
    await context.store.commit([{ kind: "subnet", arn: "subnet-a", expected: subnet?.revision ?? 0, value: null }]);
    expect((await update({ desiredCount: 0 }))?.desiredCount).toBe(0);
    expect(await refusal(update({ forceNewDeployment: true }))).toContain("The subnet ID 'subnet-a' does not exist");
  });

  test("an empty strategy leads back to the launch type", async () => {
    await putClusterCapacityProviders(
      { cluster: "default", capacityProviders: ["FARGATE", "FARGATE_SPOT"], defaultCapacityProviderStrategy: [] },
      context,
    );
    await register("vpc", fargate);
    await addSubnet("subnet-a");
    const networkConfiguration = { awsvpcConfiguration: { subnets: ["subnet-a"] } };
    const capacityProviderStrategy = [{ capacityProvider: "FARGATE_SPOT", weight: 1 }];
    await create({ taskDefinition: "vpc", networkConfiguration, capacityProviderStrategy });
    const kept = await update({ desiredCount: 1 });
    expect(kept).toMatchObject({
      capacityProviderStrategy: [{ capacityProvider: "FARGATE_SPOT", weight: 1, base: 0 }],
    });
    const back = await update({ capacityProviderStrategy: [] });
    expect(back?.launchType).toBe("FARGATE");
    expect(back?.capacityProviderStrategy).toBeUndefined();
    expect(back?.deployments).toHaveLength(2);
  });

  test("members that are not named stay", async () => {
    await create({ deploymentConfiguration: { maximumPercent: 150 }, enableExecuteCommand: true });
    const service = await update({ deploymentConfiguration: { minimumHealthyPercent: 50 } });
    expect(service?.deploymentConfiguration).toMatchObject({ maximumPercent: 150, minimumHealthyPercent: 50 });
    expect(service?.enableExecuteCommand).toBe(true);
  });

  test("refuses what is not there, or not ACTIVE", async () => {
    expect(await refusal(update({ desiredCount: 1 }))).toBe("ServiceNotFoundException: Service not found.");
    await create();
    await deleteService({ service: "web", force: true }, context);
    expect(await refusal(update({ desiredCount: 1 }))).toBe("ServiceNotActiveException: Service was not ACTIVE.");
  });
});

describe("DeleteService", () => {
  test("refuses while it is scaled above zero, unless forced", async () => {
    await create();
    expect(await refusal(deleteService({ service: "web" }, context))).toBe(
      "InvalidParameterException: The service cannot be stopped while it is scaled above 0.",
    );
    const { service } = await deleteService({ service: "web", force: true }, context);
    expect(service).toMatchObject({ status: "DRAINING", desiredCount: 0 });
    expect(await refusal(create())).toBe(
      "InvalidParameterException: Unable to Start a service that is still Draining.",
    );
  });

  test("once INACTIVE it is still described, not listed, and its name is free again", async () => {
    await create({ desiredCount: 0 });
    const loops = startLoops({ ...context, settings: { ...context.settings, taskProvingMs: 0 } });
    await deleteService({ service: "web" }, context);
    await expect.poll(async () => (await described())?.status).toBe("INACTIVE");
    await loops.stop();
    expect((await listServices({}, context)).serviceArns).toEqual([]);
    expect(await refusal(deleteService({ service: "web" }, context))).toBe(
      "ServiceNotFoundException: Service not found.",
    );
    expect((await create())?.status).toBe("ACTIVE");
    expect((await described())?.deployments).toHaveLength(1);
  });
});

test("tasks that a deleted service has left to stop are not those of the next one of its name", async () => {
  await create({ desiredCount: 0 });
  const loops = startLoops({ ...context, settings: { ...context.settings, taskProvingMs: 0 } });
  await deleteService({ service: "web" }, context);
  await expect.poll(async () => (await described())?.status).toBe("INACTIVE");
  await loops.stop();
  const left = exampleRunningTask({
    serviceArn: "arn:aws:ecs:us-east-1:000000000000:service/default/web",
    deploymentId: "ecs-svc/1",
    desiredStatus: "STOPPED",
  });
  await given(context, { kind: "task", arn: exampleTaskArn(), value: left });
  expect(await described()).toMatchObject({ runningCount: 0, pendingCount: 0 });
  expect(await create({ desiredCount: 1 })).toMatchObject({ runningCount: 0, pendingCount: 0 });
  expect(await described()).toMatchObject({ desiredCount: 1, runningCount: 0 });
});

describe("DescribeServices and ListServices", () => {
  test("unknown services are failures; tags come when asked for", async () => {
    await create({ tags: [{ key: "team", value: "x" }] });
    const { services, failures } = await describeServices({ services: ["web", "nope"], include: ["TAGS"] }, context);
    expect(services?.[0]?.tags).toEqual([{ key: "team", value: "x" }]);
    expect(failures).toEqual([{ arn: "arn:aws:ecs:us-east-1:000000000000:service/default/nope", reason: "MISSING" }]);
    expect((await described())?.tags).toBeUndefined();
  });

  test("at most ten, at least one", async () => {
    expect(await refusal(describeServices({ services: [] }, context))).toContain(
      "InvalidParameterException: Services cannot be empty.",
    );
    expect(await refusal(describeServices({ services: Array(11).fill("web") }, context))).toContain(
      "InvalidParameterException",
    );
  });

  test("ten a page, filtered by launch type", async () => {
    for (let count = 0; count < 12; count++) await create({ serviceName: `s${count}` });
    const first = await listServices({}, context);
    expect(first.serviceArns).toHaveLength(10);
    expect((await listServices({ nextToken: first.nextToken }, context)).serviceArns).toHaveLength(2);
    expect((await listServices({ launchType: "FARGATE" }, context)).serviceArns).toEqual([]);
  });
});

test("the SDK's waiters end", async () => {
  const { store } = context;
  await given(context, {
    kind: "containerInstance",
    arn: exampleContainerInstanceArn(1),
    value: exampleContainerInstance({ attributes: [{ name: "com.amazonaws.ecs.capability.docker-remote-api.1.18" }] }),
  });
  const send = (command: DescribeServicesCommand) => describeServices(command.input, context);
  const client = { send } as unknown as ECSClient;
  const wait = { client, maxWaitTime: 5, minDelay: 1, maxDelay: 1 };
  const loops = startLoops({ ...context, settings: { ...context.settings, taskProvingMs: 0 } });
  await create();
  await settled(store, 1);
  expect((await waitUntilServicesStable(wait, { services: ["web"] })).state).toBe("SUCCESS");

  await register("web");
  await update({ taskDefinition: "web" });
  expect((await described())?.deployments).toHaveLength(2);
  await settled(store, 2);
  expect((await waitUntilServicesStable(wait, { services: ["web"] })).state).toBe("SUCCESS");
  const { deployments, events } = (await described()) ?? {};
  expect(deployments).toMatchObject([
    { status: "PRIMARY", taskDefinition: expect.stringMatching(/web:2$/), rolloutState: "COMPLETED", runningCount: 2 },
  ]);
  expect(events?.[0]?.message).toContain("has reached a steady state");

  await deleteService({ service: "web", force: true }, context);
  await carriedOut(store, (snapshot) => snapshot.list("service").every(({ value }) => value.status === "INACTIVE"));
  expect((await waitUntilServicesInactive(wait, { services: ["web"] })).state).toBe("SUCCESS");
  await loops.stop();
});

/** Plays the agents until the service has two tasks of one revision and no others, and knows it. */
const settled = (store: Store, revision: number) =>
  carriedOut(store, (snapshot) => {
    const [deployment, ...others] = snapshot.list("deployment").map(({ value }) => value);
    return (
      others.length === 0 &&
      deployment?.rolloutState === "COMPLETED" &&
      deployment.taskDefinition.endsWith(`:${revision}`) &&
      snapshot.list("task").filter(({ value }) => value.lastStatus === "RUNNING").length === 2
    );
  });

/** Reports every task as it is wanted to be, as soon as it is, until `condition` holds. */
async function carriedOut(store: Store, condition: (snapshot: Snapshot) => boolean): Promise<void> {
  const reports: Promise<unknown>[] = [];
  const play = () => {
    for (const { arn, value } of store.snapshot().list("task", { lastStatus: "PENDING" })) {
      if (value.desiredStatus === "RUNNING") reports.push(reportAs(arn, "RUNNING"));
    }
    for (const { arn, value } of store.snapshot().list("task", { lastStatus: "RUNNING" })) {
      if (value.desiredStatus === "STOPPED") reports.push(reportAs(arn, "STOPPED"));
    }
  };
  const stop = store.onChange(play);
  play();
  await until(store, condition, AbortSignal.timeout(10_000));
  stop();
  await Promise.all(reports);
}
const reportAs = (task: string, status: "RUNNING" | "STOPPED") =>
  submitTaskStateChange({ task, status, containers: [{ containerName: "app", status }] }, context);
