import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  CreateClusterCommand,
  DeregisterContainerInstanceCommand,
  DescribeClustersCommand,
  ECSClient,
  RegisterContainerInstanceCommand,
  type RegisterContainerInstanceCommandInput,
  SubmitTaskStateChangeCommand,
} from "@aws-sdk/client-ecs";
import { CreateActivationCommand, DeregisterManagedInstanceCommand, SSMClient } from "@aws-sdk/client-ssm";
import { afterEach, beforeEach, expect, test } from "vitest";
import { readConfig } from "../../packages/control-plane/src/config.ts";
import { type ControlPlane, startControlPlane } from "../../packages/control-plane/src/control-plane.ts";
import { silentLogger } from "../../packages/control-plane/src/platform/logger.ts";

// A whole control plane, as its process starts it; machines that join and call by HTTP.
interface Key {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

let folder: string;
let house: ControlPlane;
let root: ReturnType<typeof clientsOf>;
const start = () =>
  startControlPlane(readConfig(["--data-dir", folder, "--listen", "127.0.0.1:0"], {}), {
    logger: silentLogger,
    onFatal: (error) => {
      throw error;
    },
  });
const clientsOf = (credentials: Key) => {
  const client = { endpoint: house.url, region: "us-east-1", credentials, maxAttempts: 1 };
  return { ecs: new ECSClient(client), ssm: new SSMClient(client) };
};
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "hatoba-machines-"));
  house = await start();
  root = clientsOf(JSON.parse(readFileSync(join(folder, "credentials.json"), "utf8")) as Key);
  await root.ecs.send(new CreateClusterCommand({}));
});
afterEach(async () => {
  await house.close();
  rmSync(folder, { recursive: true });
});

async function exchange(id = "", code = ""): Promise<Readonly<Record<string, string>>> {
  const response = await fetch(house.url, {
    method: "POST",
    headers: {
      "content-type": "application/x-amz-json-1.1",
      "x-amz-target": "AmazonSSM.RegisterManagedInstance",
    },
    body: JSON.stringify({ ActivationId: id, ActivationCode: code }),
  });
  return (await response.json()) as Record<string, string>;
}

async function joinMachine() {
  const activation = await root.ssm.send(new CreateActivationCommand({ IamRole: "machines" }));
  const answer = await exchange(activation.ActivationId, activation.ActivationCode);
  const { InstanceId: instanceId = "", AccessKeyId = "", SecretAccessKey = "" } = answer;
  const key = { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey };
  return { instanceId, key, ...clientsOf(key) };
}

async function register(ecs: ECSClient, more: RegisterContainerInstanceCommandInput = {}) {
  const integer = (name: string, integerValue: number) => ({ name, type: "INTEGER", integerValue });
  const totalResources = [integer("CPU", 1024), integer("MEMORY", 1024)];
  const { containerInstance } = await ecs.send(new RegisterContainerInstanceCommand({ totalResources, ...more }));
  return containerInstance;
}

test("a machine's key opens what its agent does, after a restart too, and nothing else", async () => {
  const machine = await joinMachine();
  expect((await register(machine.ecs))?.ec2InstanceId).toBe(machine.instanceId);
  const denied = { name: "AccessDeniedException" };
  await expect(machine.ecs.send(new DescribeClustersCommand({}))).rejects.toMatchObject(denied);
  await expect(machine.ssm.send(new CreateActivationCommand({ IamRole: "x" }))).rejects.toMatchObject(denied);
  await house.close();
  house = await start();
  const { ecs } = clientsOf(machine.key);
  expect((await register(ecs))?.ec2InstanceId).toBe(machine.instanceId);
});

test("a machine that has forgotten what it was is that again; it cannot be another", async () => {
  const [machine, other] = [await joinMachine(), await joinMachine()];
  const first = await register(machine.ecs);
  expect((await register(machine.ecs))?.containerInstanceArn).toBe(first?.containerInstanceArn);
  const foreign = register(other.ecs, { containerInstanceArn: first?.containerInstanceArn });
  await expect(foreign).rejects.toMatchObject({ name: "ClientException" });
  const theft = new DeregisterContainerInstanceCommand({ containerInstance: first?.containerInstanceArn });
  await expect(other.ecs.send(theft)).rejects.toMatchObject({ name: "AccessDeniedException" });
});

test("once it is deregistered, either way, its key opens nothing", async () => {
  const [machine, other] = [await joinMachine(), await joinMachine()];
  const instance = await register(machine.ecs);
  const deregister = new DeregisterContainerInstanceCommand({ containerInstance: instance?.containerInstanceArn });
  await root.ecs.send(deregister);
  await root.ssm.send(new DeregisterManagedInstanceCommand({ InstanceId: other.instanceId }));
  for (const { ecs } of [machine, other]) {
    const refused = { name: "AccessDeniedException", message: expect.stringContaining("was deregistered") };
    await expect(register(ecs)).rejects.toMatchObject(refused);
    await expect(ecs.send(new SubmitTaskStateChangeCommand({ task: "t" }))).rejects.toMatchObject(refused);
  }
});

test("guessing codes is slowed down, and no other call goes without a signature", async () => {
  const answers = await Promise.all(Array.from({ length: 25 }, () => exchange("id", "code")));
  const names = answers.map(({ __type }) => __type);
  expect(names.filter((name) => name === "InvalidActivation")).toHaveLength(20);
  expect(names.filter((name) => name === "ThrottlingException")).toHaveLength(5);
  const headers = { "content-type": "application/x-amz-json-1.1", "x-amz-target": "AmazonSSM.DescribeActivations" };
  const unsigned = await fetch(house.url, { method: "POST", headers, body: "{}" });
  expect(await unsigned.json()).toMatchObject({ __type: "MissingAuthenticationTokenException" });
});
