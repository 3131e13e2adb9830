import { expect, test } from "vitest";
import { examplePlace, exampleTaskDefinition, exampleTaskDefinitionArn } from "../../model/examples.ts";
import { MemoryStore } from "../../store/memory-store.ts";
import { ecsRights } from "./ecs-rights.ts";
import type { Input } from "./right.ts";

const ecs = "arn:aws:ecs:us-east-1:000000000000";
const iam = "arn:aws:iam::000000000000:role";
const service = `${ecs}:service/edge/web`;
const deployment = (id: number) => `${ecs}:service-deployment/edge/web/${id}`;
const revision = `${ecs}:service-revision/edge/web/1`;

const { registered, ...rest } = exampleTaskDefinition();
const value = { ...rest, registered: { ...registered, taskRoleArn: "app", cpu: "256", memory: "512" } };
const store = new MemoryStore();
await store.commit([{ kind: "taskDefinition", arn: exampleTaskDefinitionArn, expected: 0, value }]);
const rightsOf = (operation: keyof typeof ecsRights, input: Input) =>
  ecsRights[operation]?.(input, { place: examplePlace, snapshot: store.snapshot() }) ?? [];

const taskDefinition = exampleTaskDefinitionArn;
const volumeConfigurations = [{ name: "data", managedEBSVolume: { roleArn: `${iam}/volumes` } }];
test.each<[keyof typeof ecsRights, Input, readonly string[]]>([
  ["StopServiceDeployment", { serviceDeploymentArn: deployment(1) }, [service, deployment(1)]],
  ["ContinueServiceDeployment", { serviceDeploymentArn: deployment(1) }, [service, deployment(1)]],
  [
    "DescribeServiceDeployments",
    { serviceDeploymentArns: [deployment(1), deployment(2)] },
    [service, deployment(1), deployment(2)],
  ],
  ["DescribeServiceRevisions", { serviceRevisionArns: [revision] }, [service, revision]],
  ["DescribeServiceRevisions", { serviceRevisionArns: ["web"] }, ["web"]],
  ["ListServiceDeployments", { cluster: "edge", service: "web" }, [service]],
  ["UpdateService", { cluster: "edge", service: "web", desiredCount: 2 }, [service]],
  ["UpdateService", { cluster: "edge", service: "web", taskDefinition }, [service, `iam:PassRole ${iam}/app`]],
  [
    "CreateService",
    { cluster: "edge", serviceName: "web", taskDefinition, volumeConfigurations },
    [service, `iam:PassRole ${iam}/app`, `iam:PassRole ${iam}/volumes`],
  ],
  [
    "CreateTaskSet",
    { cluster: "edge", service: "web", taskDefinition },
    [`${ecs}:task-set/edge/web/*`, `iam:PassRole ${iam}/app`],
  ],
  [
    "RunTask",
    { taskDefinition, volumeConfigurations },
    [taskDefinition, `iam:PassRole ${iam}/app`, `iam:PassRole ${iam}/volumes`],
  ],
  ["DescribeExpressGatewayService", { serviceArn: service }, [service]],
])("%s of %j needs rights on %j", (operation, input, expected) => {
  const found = rightsOf(operation, input);
  expect(found.map(({ action, resource }) => (action === undefined ? resource : `${action} ${resource}`))).toEqual(
    expected,
  );
});

test("a deployment is known by its service and its cluster, its service by its cluster", () => {
  expect(rightsOf("StopServiceDeployment", { serviceDeploymentArn: deployment(1) }).map(({ keys }) => keys)).toEqual([
    { "ecs:cluster": `${ecs}:cluster/edge` },
    { "ecs:cluster": `${ecs}:cluster/edge`, "ecs:service": service },
  ]);
});

test("tasks of a service are known by their size, and volumes are ECS's to make", () => {
  const [onService, onApp, onVolumes] = rightsOf("CreateService", {
    serviceName: "web",
    taskDefinition,
    capacityProviderStrategy: [{ capacityProvider: "fleet" }],
    volumeConfigurations,
  });
  expect(onService?.keys).toMatchObject({
    "ecs:task-cpu": "256",
    "ecs:task-memory": "512",
    "ecs:enable-vpc-lattice": "false",
    "ecs:capacity-provider": [`${ecs}:capacity-provider/fleet`],
  });
  expect(onApp?.keys).toEqual({ "iam:PassedToService": "ecs-tasks.amazonaws.com" });
  expect(onVolumes?.keys).toEqual({ "iam:PassedToService": "ecs.amazonaws.com" });
});

test("a revision is known by where it may run, by its size, and by whether a container is privileged", () => {
  const keysOf = (input: Input) => rightsOf("RegisterTaskDefinition", { family: "web", ...input })[0]?.keys;
  expect(
    keysOf({ requiresCompatibilities: ["EC2"], cpu: "256", containerDefinitions: [{ privileged: true }, {}] }),
  ).toEqual({ "ecs:compute-compatibility": ["EC2"], "ecs:privileged": "true", "ecs:task-cpu": "256" });
  expect(keysOf({ containerDefinitions: [{}] })).toEqual({ "ecs:privileged": "false" });
});
