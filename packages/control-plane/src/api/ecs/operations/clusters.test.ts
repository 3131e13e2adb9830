import { describe, expect, test } from "vitest";
import {
  exampleClusterArn,
  exampleContainerInstance,
  exampleContainerInstanceArn,
  exampleRunningTask,
  exampleService,
  exampleServiceArn,
  exampleTask,
  exampleTaskArn,
} from "../../../model/examples.ts";
import { exampleContext, given, refusal } from "../example-context.ts";
import { createCluster } from "./create-cluster.ts";
import { deleteCluster } from "./delete-cluster.ts";
import { describeClusters } from "./describe-clusters.ts";
import { listClusters } from "./list-clusters.ts";
import { putAccountSettingDefault } from "./put-account-setting-default.ts";
import { putClusterCapacityProviders } from "./put-cluster-capacity-providers.ts";
import { updateCluster } from "./update-cluster.ts";
import { updateClusterSettings } from "./update-cluster-settings.ts";

describe("CreateCluster", () => {
  test("without a name makes the one called default, with ECS's defaults", async () => {
    const { cluster } = await createCluster({}, exampleContext());
    expect(cluster).toEqual({
      clusterArn: exampleClusterArn,
      clusterName: "default",
      status: "ACTIVE",
      registeredContainerInstancesCount: 0,
      runningTasksCount: 0,
      pendingTasksCount: 0,
      activeServicesCount: 0,
      statistics: [],
      tags: [],
      settings: [{ name: "containerInsights", value: "disabled" }],
      capacityProviders: [],
      defaultCapacityProviderStrategy: [],
    });
  });

  test("answers an ACTIVE one of the same name as it is, and begins an INACTIVE one anew", async () => {
    const context = exampleContext();
    await createCluster({ clusterName: "c", tags: [{ key: "a", value: "1" }] }, context);
    const again = await createCluster({ clusterName: "c", tags: [{ key: "b", value: "2" }] }, context);
    expect(again.cluster?.tags).toEqual([{ key: "a", value: "1" }]);
    await deleteCluster({ cluster: "c" }, context);
    const anew = await createCluster({ clusterName: "c" }, context);
    expect(anew.cluster).toMatchObject({ status: "ACTIVE", tags: [] });
  });

  test("two at the same time make one", async () => {
    const context = exampleContext();
    await Promise.all([createCluster({ clusterName: "c" }, context), createCluster({ clusterName: "c" }, context)]);
    expect(context.store.snapshot().count("cluster")).toBe(1);
  });

  test("takes containerInsights from the account's settings", async () => {
    const context = exampleContext();
    await putAccountSettingDefault({ name: "containerInsights", value: "enhanced" }, context);
    const { cluster } = await createCluster({}, context);
    expect(cluster?.settings).toEqual([{ name: "containerInsights", value: "enhanced" }]);
  });

  test.each([
    [{ clusterName: "no spaces" }, "InvalidParameterException: Cluster name contains invalid characters."],
    [{ clusterName: "x".repeat(256) }, "InvalidParameterException: Cluster name is longer than 255 characters."],
    [
      { capacityProviders: ["nope"] },
      "InvalidParameterException: The specified capacity provider was not found. Specify a valid capacity provider and try again.",
    ],
    [
      { capacityProviders: ["FARGATE"], defaultCapacityProviderStrategy: [{ capacityProvider: "FARGATE_SPOT" }] },
      "InvalidParameterException: The specified capacity provider strategy cannot contain a capacity provider that is not associated with the cluster. Associate the capacity provider with the cluster and try again.",
    ],
  ])("%j is refused", async (input, message) => {
    const context = exampleContext();
    expect(await refusal(createCluster(input, context))).toBe(message);
    expect(context.store.snapshot().count("cluster")).toBe(0);
  });
});

describe("DescribeClusters and ListClusters", () => {
  test("shows parts only to those who ask, and counts tasks and services by launch type", async () => {
    const context = exampleContext();
    await createCluster(
      {
        tags: [{ key: "a", value: "1" }],
        configuration: { executeCommandConfiguration: { logging: "DEFAULT" } },
      },
      context,
    );
    await given(
      context,
      { kind: "containerInstance", arn: exampleContainerInstanceArn(), value: exampleContainerInstance() },
      {
        kind: "containerInstance",
        arn: exampleContainerInstanceArn(2),
        value: exampleContainerInstance({ capacity: "FARGATE" }),
      },
      { kind: "service", arn: exampleServiceArn, value: exampleService() },
      { kind: "task", arn: exampleTaskArn(1), value: exampleRunningTask() },
      { kind: "task", arn: exampleTaskArn(2), value: exampleTask({ launchType: "FARGATE" }) },
    );
    const plain = await describeClusters({}, context);
    expect(plain.clusters?.[0]).toMatchObject({
      registeredContainerInstancesCount: 1,
      runningTasksCount: 1,
      pendingTasksCount: 1,
      activeServicesCount: 1,
      tags: [],
      settings: [],
      statistics: [],
    });
    expect(plain.clusters?.[0]).not.toHaveProperty("configuration");

    const include = ["ATTACHMENTS", "CONFIGURATIONS", "SETTINGS", "STATISTICS", "TAGS"] as const;
    const { clusters } = await describeClusters({ include: [...include] }, context);
    const statistics = Object.fromEntries((clusters?.[0]?.statistics ?? []).map(({ name, value }) => [name, value]));
    expect(statistics).toEqual({
      runningEC2TasksCount: "1",
      runningFargateTasksCount: "0",
      runningExternalTasksCount: "0",
      pendingEC2TasksCount: "0",
      pendingFargateTasksCount: "1",
      pendingExternalTasksCount: "0",
      activeEC2ServiceCount: "1",
      activeFargateServiceCount: "0",
      activeExternalServiceCount: "0",
      drainingEC2ServiceCount: "0",
      drainingFargateServiceCount: "0",
      drainingExternalServiceCount: "0",
    });
    expect(clusters?.[0]).toMatchObject({
      tags: [{ key: "a", value: "1" }],
      configuration: { executeCommandConfiguration: { logging: "DEFAULT" } },
      attachments: [],
    });
  });

  test("an unknown one is a failure, once", async () => {
    const missing = { arn: "arn:aws:ecs:us-east-1:000000000000:cluster/nope", reason: "MISSING" };
    const answer = await describeClusters({ clusters: ["nope", missing.arn] }, exampleContext());
    expect(answer).toEqual({ clusters: [], failures: [missing] });
  });

  test("a deleted one can be described but is not listed", async () => {
    const context = exampleContext();
    await createCluster({ clusterName: "a" }, context);
    await createCluster({ clusterName: "b" }, context);
    await deleteCluster({ cluster: "a" }, context);
    expect((await describeClusters({ clusters: ["a"] }, context)).clusters?.[0]?.status).toBe("INACTIVE");
    expect(await listClusters({}, context)).toEqual({ clusterArns: ["arn:aws:ecs:us-east-1:000000000000:cluster/b"] });
  });
});

describe("changes", () => {
  test("settings, configuration and capacity providers", async () => {
    const context = exampleContext();
    await createCluster({}, context);
    await updateClusterSettings(
      { cluster: "default", settings: [{ name: "containerInsights", value: "enabled" }] },
      context,
    );
    await updateCluster(
      { cluster: "default", configuration: { executeCommandConfiguration: { logging: "NONE" } } },
      context,
    );
    const { cluster } = await putClusterCapacityProviders(
      {
        cluster: "default",
        capacityProviders: ["FARGATE", "FARGATE_SPOT"],
        defaultCapacityProviderStrategy: [{ capacityProvider: "FARGATE", weight: 1 }],
      },
      context,
    );
    expect(cluster).toMatchObject({
      settings: [{ name: "containerInsights", value: "enabled" }],
      configuration: { executeCommandConfiguration: { logging: "NONE" } },
      capacityProviders: ["FARGATE", "FARGATE_SPOT"],
      defaultCapacityProviderStrategy: [{ capacityProvider: "FARGATE", weight: 1, base: 0 }],
    });
  });

  test("a provider that a service uses stays", async () => {
    const context = exampleContext();
    await createCluster({ capacityProviders: ["FARGATE"] }, context);
    const value = exampleService({ capacityProviderStrategy: [{ capacityProvider: "FARGATE" }] });
    await given(context, { kind: "service", arn: exampleServiceArn, value });
    const call = putClusterCapacityProviders(
      { cluster: "default", capacityProviders: [], defaultCapacityProviderStrategy: [] },
      context,
    );
    expect(await refusal(call)).toBe(
      "ResourceInUseException: The specified capacity provider is in use and cannot be removed.",
    );
  });

  test.each([
    [
      { settings: [{ name: "containerInsights" as const, value: "perhaps" }] },
      "containerInsights should be one of [enabled,disabled,enhanced]",
    ],
    [
      { configuration: { executeCommandConfiguration: { logging: "OVERRIDE" as const } } },
      "logConfiguration must be specified when logging is set to OVERRIDE.",
    ],
    [
      { serviceConnectDefaults: { namespace: "internal" } },
      "Hatoba does not have Service Connect namespaces yet: serviceConnectDefaults cannot be set.",
    ],
  ])("%j is refused", async (input, message) => {
    const context = exampleContext();
    await createCluster({}, context);
    expect(await refusal(updateCluster({ cluster: "default", ...input }, context))).toBe(
      `InvalidParameterException: ${message}`,
    );
  });

  test("of a cluster that is not there", async () => {
    expect(await refusal(updateCluster({ cluster: "nope" }, exampleContext()))).toBe(
      "ClusterNotFoundException: Cluster not found.",
    );
  });
});

describe("DeleteCluster", () => {
  const service = { kind: "service", arn: exampleServiceArn, value: exampleService() } as const;
  const instance = {
    kind: "containerInstance",
    arn: exampleContainerInstanceArn(),
    value: exampleContainerInstance(),
  } as const;
  const task = { kind: "task", arn: exampleTaskArn(), value: exampleTask() } as const;

  // Source of the texts: gruntwork-io/cloud-nuke 368.
  test.each([
    [[service], "ClusterContainsServicesException: The Cluster cannot be deleted while Services are active."],
    [
      [instance],
      "ClusterContainsContainerInstancesException: The Cluster cannot be deleted while Container Instances are active or draining.",
    ],
    [[task], "ClusterContainsTasksException: The Cluster cannot be deleted while Tasks are active."],
    [
      [{ ...task, value: exampleTask({ desiredStatus: "STOPPED", lastStatus: "RUNNING" }) }],
      "ClusterContainsTasksException: The Cluster cannot be deleted while Tasks are active.",
    ],
  ])("is refused while something is in it (%#)", async (contents, message) => {
    const context = exampleContext();
    await createCluster({}, context);
    await given(context, ...contents);
    expect(await refusal(deleteCluster({ cluster: "default" }, context))).toBe(message);
  });

  test("leaves stopped tasks, INACTIVE services and deregistered instances out of account", async () => {
    const context = exampleContext();
    await createCluster({}, context);
    await given(
      context,
      { ...service, value: exampleService({ status: "INACTIVE" }) },
      { ...instance, value: exampleContainerInstance({ status: "INACTIVE" }) },
      { ...task, value: exampleTask({ desiredStatus: "STOPPED", lastStatus: "STOPPED" }) },
    );
    expect((await deleteCluster({ cluster: "default" }, context)).cluster?.status).toBe("INACTIVE");
    expect(await refusal(deleteCluster({ cluster: "default" }, context))).toBe(
      "ClusterNotFoundException: The referenced cluster was inactive.",
    );
  });
});
