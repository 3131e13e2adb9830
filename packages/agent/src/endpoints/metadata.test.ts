import { describe, expect, test } from "vitest";
import { containerPayload, knownTask, taskPayload, vpcPayload } from "../engine/engine.fixture.ts";
import type { KnownTask } from "../engine/known-task.ts";
import type { ContainerDetails } from "../runtime/container-details.ts";
import { containerMetadata } from "./container-metadata.ts";
import { introspectedTask } from "./introspection.ts";
import { subnetOf } from "./network-metadata.ts";
import { taskMetadata } from "./task-metadata.ts";

// What the genuine agent was seen to answer: agent protocol §6.1 and §6.3.
const arn = "arn:aws:ecs:us-east-1:123456789012:task/demo/00000000000000000000000000000001";
const containerArn = "arn:aws:ecs:us-east-1:123456789012:container/demo/01/c0000000-0000-0000-0000-000000000001";
const labels = {
  "com.amazonaws.ecs.cluster": "demo",
  "com.amazonaws.ecs.container-name": "app",
  "com.amazonaws.ecs.task-arn": arn,
  "com.amazonaws.ecs.task-definition-family": "demo-app",
  "com.amazonaws.ecs.task-definition-version": "3",
  mylabel: "v",
};
const payload = taskPayload(1, {
  arn,
  family: "demo-app",
  version: "3",
  launchType: "EXTERNAL",
  serviceName: "web",
  containers: [
    containerPayload("app", {
      image: "example:1",
      cpu: 128,
      memory: 64,
      healthCheckType: "docker",
      containerArn,
      dockerConfig: {
        version: "1.18",
        config: "{}",
        hostConfig: JSON.stringify({ LogConfig: { Type: "json-file", Config: { "max-size": "5m" } } }),
      },
    }),
    containerPayload("side", { image: "example:1", cpu: 0, memory: 32, essential: false }),
  ],
});
const task: KnownTask = {
  ...knownTask(payload),
  containers: [
    {
      name: "app",
      runtimeName: "ecs-demo-app-3-app-1",
      runtimeId: "df615fa8",
      status: "RUNNING",
      startedAt: 1,
      health: "HEALTHY",
      healthSince: Date.UTC(2026, 0, 1, 0, 11, 37, 296),
    },
    { name: "side", runtimeName: "side", runtimeId: "a9108b45", status: "STOPPED", startedAt: 1, exitCode: 7 },
  ],
};
const details: ContainerDetails = {
  id: "df615fa8",
  name: "ecs-demo-app-3-app-d2a4cef3fcda8ce3ab01",
  imageId: "sha256:0315",
  labels: { "dev.hatoba.agent": "1", ...labels },
  createdAt: "2026-01-01T00:11:34.246985099Z",
  startedAt: "2026-01-01T00:11:35.208587957Z",
  ports: [
    { containerPort: 80, protocol: "tcp", hostPort: 32768, hostIp: "0.0.0.0" },
    { containerPort: 80, protocol: "tcp", hostPort: 32768, hostIp: "::" },
  ],
  mounts: [{ name: "vol", source: "/var/lib/docker/volumes/vol/_data", target: "/vol" }],
  logDriver: "local",
  networks: [{ name: "bridge", address: "172.17.0.2" }],
};
const sideDetails: ContainerDetails = {
  id: "a9108b45",
  name: "ecs-demo-app-3-side-92b68fc792b1d99d0200",
  imageId: "sha256:0315",
  labels: {},
  createdAt: "2026-01-01T00:11:34.1Z",
  startedAt: "2026-01-01T00:11:34.2Z",
  finishedAt: "2026-01-01T00:11:34.3Z",
  ports: [],
  mounts: [],
  logDriver: "json-file",
  networks: [{ name: "bridge", address: "" }],
};
const app = (version: 3 | 4) => {
  const [container] = task.containers;
  if (container === undefined) throw new Error("no container");
  return containerMetadata(task, container, details, version);
};
const byName = new Map([
  ["app", details],
  ["side", sideDetails],
]);
const place = { cluster: "demo", zone: "us-east-1a" };

describe("version 4", () => {
  test("of a container", () => {
    expect(JSON.stringify(app(4))).toBe(
      `{"DockerId":"df615fa8","Name":"app","DockerName":"ecs-demo-app-3-app-d2a4cef3fcda8ce3ab01","Image":"example:1","ImageID":"sha256:0315","Ports":[{"ContainerPort":80,"Protocol":"tcp","HostPort":32768,"HostIp":"0.0.0.0"},{"ContainerPort":80,"Protocol":"tcp","HostPort":32768,"HostIp":"::"}],"Labels":{"com.amazonaws.ecs.cluster":"demo","com.amazonaws.ecs.container-name":"app","com.amazonaws.ecs.task-arn":"${arn}","com.amazonaws.ecs.task-definition-family":"demo-app","com.amazonaws.ecs.task-definition-version":"3","mylabel":"v"},"DesiredStatus":"RUNNING","KnownStatus":"RUNNING","Limits":{"CPU":128,"Memory":64},"CreatedAt":"2026-01-01T00:11:34.246985099Z","StartedAt":"2026-01-01T00:11:35.208587957Z","Type":"NORMAL","Health":{"status":"HEALTHY","statusSince":"2026-01-01T00:11:37.296Z"},"Volumes":[{"DockerName":"vol","Source":"/var/lib/docker/volumes/vol/_data","Destination":"/vol"}],"LogDriver":"json-file","LogOptions":{"max-size":"5m"},"ContainerARN":"${containerArn}","Networks":[{"NetworkMode":"bridge","IPv4Addresses":["172.17.0.2"]}]}`,
    );
  });

  test("of a task, with a container that has ended", () => {
    const side = `{"DockerId":"a9108b45","Name":"side","DockerName":"ecs-demo-app-3-side-92b68fc792b1d99d0200","Image":"example:1","ImageID":"sha256:0315","DesiredStatus":"RUNNING","KnownStatus":"STOPPED","ExitCode":7,"Limits":{"CPU":2,"Memory":32},"CreatedAt":"2026-01-01T00:11:34.1Z","StartedAt":"2026-01-01T00:11:34.2Z","FinishedAt":"2026-01-01T00:11:34.3Z","Type":"NORMAL","LogDriver":"json-file","ContainerARN":"arn:aws:ecs:us-east-1:000000000000:container/demo/side","Networks":[{"NetworkMode":"bridge","IPv4Addresses":[""]}]}`;
    expect(JSON.stringify(taskMetadata(task, byName, place, 4))).toBe(
      `{"Cluster":"demo","TaskARN":"${arn}","Family":"demo-app","Revision":"3","DesiredStatus":"RUNNING","KnownStatus":"RUNNING","AvailabilityZone":"us-east-1a","LaunchType":"EXTERNAL","Containers":[${JSON.stringify(app(4))},${side}],"ServiceName":"web","FaultInjectionEnabled":false}`,
    );
  });

  test("shows tags, and why there are none", () => {
    const refused = { resourceArn: "ci", code: "AccessDeniedException", message: "no", statusCode: 400 };
    expect(
      taskMetadata(task, byName, place, 4, { task: { tags: { k: "v" } }, containerInstance: refused }),
    ).toMatchObject({
      TaskTags: { k: "v" },
      Errors: [
        {
          ErrorField: "ContainerInstanceTags",
          ErrorCode: "AccessDeniedException",
          ErrorMessage: "no",
          StatusCode: 400,
          ResourceARN: "ci",
        },
      ],
    });
  });

  test("of an awsvpc task shows its interface and, but on Fargate, what holds it", () => {
    const vpc = knownTask(vpcPayload(1, { cpu: 0.25, memory: 512 }));
    const seen = new Map(vpc.containers.map(({ name }) => [name, { ...details, name, ports: [] }]));
    const shown = JSON.parse(JSON.stringify(taskMetadata(vpc, seen, place, 4))) as Record<string, unknown>;
    expect(shown).toMatchObject({
      Limits: { CPU: 0.25, Memory: 512 },
      KnownStatus: "NONE",
      Containers: [
        { Name: "~internal~ecs~pause", Type: "CNI_PAUSE" },
        {
          Name: "app",
          Networks: [
            {
              NetworkMode: "awsvpc",
              IPv4Addresses: ["172.31.0.4"],
              AttachmentIndex: 0,
              MACAddress: "0a:00:00:00:00:01",
              IPv4SubnetCIDRBlock: "172.31.0.0/20",
              PrivateDNSName: "ip-172-31-0-4.ec2.internal",
              SubnetGatewayIpv4Address: "172.31.0.1/20",
            },
          ],
        },
      ],
    });
    const onFargate = { ...vpc, payload: { ...vpc.payload, launchType: "FARGATE" } };
    expect(taskMetadata(onFargate, seen, place, 4)).toMatchObject({ Containers: [{ Name: "app" }] });
  });
});

test("version 3 has fewer members, and the containers before the limits", () => {
  expect(JSON.stringify(app(3))).not.toMatch(/HostIp|LogDriver|LogOptions|ContainerARN/);
  expect(Object.keys(JSON.parse(JSON.stringify(taskMetadata(task, byName, place, 3))) as object)).toEqual(
    "Cluster TaskARN Family Revision DesiredStatus KnownStatus Containers AvailabilityZone".split(" "),
  );
});

test("the introspection API shows a task in fewer words", () => {
  expect(JSON.stringify(introspectedTask(task, new Map([["app", details]])))).toBe(
    `{"Arn":"${arn}","DesiredStatus":"RUNNING","KnownStatus":"RUNNING","Family":"demo-app","Version":"3","Containers":[{"DockerId":"df615fa8","DockerName":"ecs-demo-app-3-app-d2a4cef3fcda8ce3ab01","Name":"app","Image":"example:1","ImageID":"sha256:0315","CreatedAt":"2026-01-01T00:11:34.246985099Z","StartedAt":"2026-01-01T00:11:35.208587957Z","Ports":[{"ContainerPort":80,"Protocol":"tcp","HostPort":32768},{"ContainerPort":80,"Protocol":"tcp","HostPort":32768}],"Volumes":[{"DockerName":"vol","Source":"/var/lib/docker/volumes/vol/_data","Destination":"/vol"}]}]}`,
  );
});

test.each([
  ["172.31.16.1/20", "172.31.16.0/20"],
  ["172.31.17.9/20", "172.31.16.0/20"],
  ["10.0.0.1/8", "10.0.0.0/8"],
  ["10.0.0.1", undefined],
  ["", undefined],
])("the gateway %s is of the subnet %s", (gateway, subnet) => {
  expect(subnetOf(gateway)).toBe(subnet);
});
