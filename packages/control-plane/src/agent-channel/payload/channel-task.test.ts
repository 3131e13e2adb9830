import type { RegisterTaskDefinitionRequest } from "@aws-sdk/client-ecs";
import { describe, expect, test } from "vitest";
import {
  exampleContainer,
  exampleNetworkInterface,
  exampleSubnet,
  exampleTask,
  exampleTaskDefinition,
} from "../../model/examples.ts";
import { channelTask, stoppedChannelTask } from "./channel-task.ts";

const place = "us-east-1:123456789012";
const taskArn = `arn:aws:ecs:${place}:task/demo/00000000000000000000000000000001`;
const clusterArn = `arn:aws:ecs:${place}:cluster/demo`;
const containerArn = `arn:aws:ecs:${place}:container/demo/00000000000000000000000000000001/c0000000-0000-0000-0000-000000000001`;

const definition = (registered: Partial<RegisterTaskDefinitionRequest>, more = {}) =>
  exampleTaskDefinition({
    family: "demo-app",
    revision: 3,
    registered: { containerDefinitions: [{ name: "app", image: "example:1" }], ...registered },
    ...more,
  });
const task = exampleTask({
  clusterArn,
  family: "demo-app",
  taskDefinitionArn: `arn:aws:ecs:${place}:task-definition/demo-app:3`,
});

test("is the example that the genuine agent was seen to run", () => {
  // Source: agent protocol, section 3.5, complete working example; credentials and the agent's own pull of secrets left out.
  const registered: Partial<RegisterTaskDefinitionRequest> = {
    networkMode: "bridge",
    containerDefinitions: [
      {
        name: "app",
        image: "example:1",
        cpu: 128,
        memory: 64,
        essential: true,
        command: ["sh", "-c", "touch /tmp/ok; while :; do sleep 1; done"],
        environment: [{ name: "FOO", value: "bar" }],
        portMappings: [{ containerPort: 80 }],
        mountPoints: [{ sourceVolume: "vol", containerPath: "/vol" }],
        healthCheck: { command: ["CMD-SHELL", "test -f /tmp/ok"], interval: 2, timeout: 2, retries: 2 },
        dockerLabels: { mylabel: "v" },
        linuxParameters: { capabilities: {} },
        logConfiguration: { logDriver: "json-file", options: { "max-size": "5m" } },
        stopTimeout: 3,
      },
      {
        name: "side",
        image: "example:1",
        memory: 32,
        essential: false,
        command: ["sh", "-c", "sleep 8; exit 7"],
        dependsOn: [{ containerName: "app", condition: "HEALTHY" }],
      },
    ],
    volumes: [{ name: "vol", host: {} }],
  };
  const running = {
    ...task,
    launchType: "EXTERNAL" as const,
    group: "service:web",
    serviceArn: `arn:aws:ecs:${place}:service/demo/web`,
    containers: [exampleContainer({ containerArn })],
    overrides: {},
  };
  const { containers, ...rest } = channelTask(taskArn, running, definition(registered), undefined);
  expect(rest).toEqual({
    arn: taskArn,
    taskClusterArn: clusterArn,
    family: "demo-app",
    version: "3",
    desiredStatus: "RUNNING",
    networkMode: "bridge",
    launchType: "EXTERNAL",
    group: "service:web",
    serviceName: "web",
    volumes: [{ name: "vol", host: {} }],
  });
  const read = containers.map(({ dockerConfig: { version, config, hostConfig }, ...container }) => ({
    ...container,
    dockerConfig: { version, config: JSON.parse(config), hostConfig: JSON.parse(hostConfig) },
  }));
  expect(read).toEqual([
    {
      name: "app",
      image: "example:1",
      cpu: 128,
      memory: 64,
      essential: true,
      command: ["sh", "-c", "touch /tmp/ok; while :; do sleep 1; done"],
      environment: { FOO: "bar", AWS_EXECUTION_ENV: "AWS_ECS_EXTERNAL" },
      portMappings: [{ containerPort: 80, hostPort: 0, protocol: "tcp" }],
      mountPoints: [{ sourceVolume: "vol", containerPath: "/vol", readOnly: false }],
      volumesFrom: [],
      dockerConfig: {
        version: "1.18",
        config: {
          Healthcheck: {
            Test: ["CMD-SHELL", "test -f /tmp/ok"],
            Interval: 2_000_000_000,
            Timeout: 2_000_000_000,
            Retries: 2,
            StartPeriod: 0,
          },
          Labels: { mylabel: "v" },
        },
        hostConfig: {
          NetworkMode: "bridge",
          CapAdd: [],
          CapDrop: [],
          LogConfig: { Type: "json-file", Config: { "max-size": "5m" } },
        },
      },
      healthCheckType: "docker",
      stopTimeout: 3,
      overrides: "{}",
      containerArn,
    },
    {
      name: "side",
      image: "example:1",
      cpu: 0,
      memory: 32,
      essential: false,
      command: ["sh", "-c", "sleep 8; exit 7"],
      environment: { AWS_EXECUTION_ENV: "AWS_ECS_EXTERNAL" },
      portMappings: [],
      mountPoints: [],
      volumesFrom: [],
      dependsOn: [{ containerName: "app", condition: "HEALTHY" }],
      dockerConfig: { version: "1.18", config: {}, hostConfig: { NetworkMode: "bridge" } },
      overrides: "{}",
      containerArn: "",
    },
  ]);
});

describe("limits of the task as a whole", () => {
  test.each([
    ["none stated", {}, {}, [undefined, undefined]],
    ["units and MiB", { cpu: "512", memory: "1024" }, {}, [0.5, 1024]],
    ["vCPU and GB", { cpu: ".25 vCPU", memory: "0.5 GB" }, {}, [0.25, 512]],
    ["overridden", { cpu: "512", memory: "1024" }, { cpu: "256", memory: "512" }, [0.25, 512]],
  ])("%s", (_case, registered, overrides, [cpu, memory]) => {
    const sent = channelTask(taskArn, { ...task, overrides }, definition(registered), undefined);
    expect([sent.cpu, sent.memory]).toEqual([cpu, memory]);
  });
});

describe("an awsvpc task", () => {
  const attached = {
    ...task,
    launchType: "FARGATE" as const,
    attachments: [
      {
        id: exampleNetworkInterface().attachmentId,
        type: "ElasticNetworkInterface" as const,
        status: "PRECREATED" as const,
        details: [{ name: "privateDnsName", value: "ip-172-31-0-4.ec2.internal" }],
      },
    ],
  };
  const network = { networkInterface: exampleNetworkInterface(), subnet: exampleSubnet(), vpcCidr: "172.31.0.0/16" };

  test("brings its interface, the subnet's gateway and the VPC's block", () => {
    const sent = channelTask(taskArn, attached, definition({ networkMode: "awsvpc" }), network);
    expect(sent.elasticNetworkInterfaces).toEqual([
      {
        ec2Id: "eni-00000000000000001",
        macAddress: "02:00:00:00:00:01",
        attachmentArn: `arn:aws:ecs:${place}:attachment/demo/${exampleNetworkInterface().attachmentId}`,
        ipv4Addresses: [{ primary: true, privateAddress: "172.31.0.4" }],
        subnetGatewayIpv4Address: "172.31.0.1/20",
        privateDnsName: "ip-172-31-0-4.ec2.internal",
      },
    ]);
    expect(sent).toMatchObject({ networkMode: "awsvpc", hatoba: { vpcCidr: "172.31.0.0/16" } });
    expect(sent.containers[0]?.environment).toEqual({ AWS_EXECUTION_ENV: "AWS_ECS_FARGATE" });
  });

  test("leaves the containers' network to the agent: they join the task's own", () => {
    const sent = channelTask(taskArn, attached, definition({ networkMode: "awsvpc" }), network);
    expect(JSON.parse(sent.containers[0]?.dockerConfig.hostConfig ?? "")).not.toHaveProperty("NetworkMode");
  });
});

test("members that are the task's own go along", () => {
  const registered = {
    pidMode: "task" as const,
    ipcMode: "host" as const,
    enableFaultInjection: true,
    proxyConfiguration: { containerName: "envoy", properties: [{ name: "AppPorts", value: "80" }] },
  };
  const withGpu = { ...task, containers: [exampleContainer({ gpuIds: ["GPU-1", "GPU-2"] })] };
  expect(channelTask(taskArn, withGpu, definition(registered), undefined)).toMatchObject({
    pidMode: "task",
    ipcMode: "host",
    enableFaultInjection: true,
    proxyConfiguration: { type: "APPMESH", containerName: "envoy", properties: { AppPorts: "80" } },
    associations: [
      { type: "gpu", name: "GPU-1", containers: ["app"] },
      { type: "gpu", name: "GPU-2", containers: ["app"] },
    ],
  });
});

test.each([
  ["nothing asked", [], "1.18"],
  ["the newest of several", ["1.17", "1.24", "1.19"], "1.24"],
  ["older than the oldest", ["1.17"], "1.18"],
])("containers are created with the Docker API that is required: %s", (_case, required, version) => {
  const requiresAttributes = required.map((api) => ({ name: `com.amazonaws.ecs.capability.docker-remote-api.${api}` }));
  const sent = channelTask(taskArn, task, definition({}, { requiresAttributes }), undefined);
  expect(sent.containers[0]?.dockerConfig.version).toBe(version);
});

test("a wish to stop is as short as the agent lets it be", () => {
  // Source: agent protocol, section 3.5, the example of a stop.
  expect(stoppedChannelTask(taskArn, task)).toEqual({
    arn: taskArn,
    taskClusterArn: clusterArn,
    desiredStatus: "STOPPED",
    family: "demo-app",
    version: "3",
    containers: [],
  });
});
