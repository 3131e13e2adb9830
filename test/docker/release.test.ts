import { execFile } from "node:child_process";
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import {
  CreateRepositoryCommand,
  DescribeImagesCommand,
  ECRClient,
  GetAuthorizationTokenCommand,
  PutImageTagMutabilityCommand,
} from "@aws-sdk/client-ecr";
import {
  CreateServiceCommand,
  RegisterTaskDefinitionCommand,
  UpdateServiceCommand,
  waitUntilServicesStable,
} from "@aws-sdk/client-ecs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { eventually, type House, startHouse, tasksOf } from "./house.ts";
import { testBusybox } from "./image.ts";

// Release = new image + redeploy, with Docker's own CLI as a user has it.
const run = promisify(execFile);
let house: House;
let ecr: ECRClient;
let folder: string;
let name: string;
const docker = async (...args: string[]) => {
  const env = { ...process.env, DOCKER_CONFIG: join(folder, "docker"), DOCKER_BUILDKIT: "0" };
  return (await run("docker", args, { env })).stdout;
};

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "hatoba-release-"));
  house = await startHouse();
  const { AWS_ACCESS_KEY_ID: accessKeyId = "", AWS_SECRET_ACCESS_KEY: secretAccessKey = "" } = house.env;
  const { endpoint } = house;
  ecr = new ECRClient({ endpoint, region: "us-east-1", credentials: { accessKeyId, secretAccessKey } });
  copyFileSync(await testBusybox(), join(folder, "busybox"));
  const { repository } = await ecr.send(new CreateRepositoryCommand({ repositoryName: "team/app" }));
  name = repository?.repositoryUri ?? "";
});
afterAll(async () => {
  await house.down();
  const images = await house.engine.listImages({ all: true, filters: { label: [`release=${house.houseId}`] } });
  for (const { Id } of images)
    await house.engine
      .getImage(Id)
      .remove({ force: true })
      .catch(() => undefined);
  rmSync(folder, { recursive: true, force: true });
});

/** Logs in as `aws ecr get-login-password | docker login` does. */
async function login(): Promise<void> {
  const { authorizationData: [data] = [] } = await ecr.send(new GetAuthorizationTokenCommand({}));
  const [username = "", password = ""] = Buffer.from(data?.authorizationToken ?? "", "base64")
    .toString()
    .split(":");
  const child = run("docker", [
    "--config",
    join(folder, "docker"),
    "login",
    "-u",
    username,
    "--password-stdin",
    data?.proxyEndpoint ?? "",
  ]);
  child.child.stdin?.end(password);
  expect((await child).stdout).toContain("Login Succeeded");
}

async function build(version: string, tag: string): Promise<void> {
  writeFileSync(join(folder, "version"), version);
  writeFileSync(
    join(folder, "Dockerfile"),
    `FROM scratch\nCOPY busybox /bin/sh\nCOPY version /version\nLABEL release=${house.houseId}\nCMD ["/bin/sh", "-c", "trap 'exit 0' TERM; while :; do sleep 0.2; done"]\n`,
  );
  await docker("build", "-q", "-t", `${name}:${tag}`, folder);
}

const define = (image: string) =>
  house.ecs.send(
    new RegisterTaskDefinitionCommand({
      family: "app",
      containerDefinitions: [{ name: "app", image, memory: 32, essential: true, stopTimeout: 2 }],
    }),
  );
const stable = () =>
  waitUntilServicesStable({ client: house.ecs, maxWaitTime: 90, minDelay: 1, maxDelay: 1 }, { services: ["app"] });

/** What the one container of the service says to a command. */
async function inContainer(...command: string[]): Promise<string> {
  const [task, ...others] = await tasksOf(house, "app");
  expect(others).toEqual([]);
  return docker("exec", task?.containers?.[0]?.runtimeId ?? "", "/bin/sh", "-c", command.join(" "));
}
const running = async () => (await house.containers()).filter(({ State }) => State === "running").map(({ Id }) => Id);

test("a release is a new image and a redeploy; one goes back by the digest", async () => {
  await login();
  await build("one", "latest");
  await docker("push", `${name}:latest`);
  // As it would be at AWS: the agent knows that this is the house.
  await define("000000000000.dkr.ecr.us-east-1.amazonaws.com/team/app:latest");
  await house.ecs.send(new CreateServiceCommand({ serviceName: "app", taskDefinition: "app", desiredCount: 1 }));
  await stable();
  expect(await inContainer("read v </version; echo $v; echo kept >/left; [ -f /left ] && echo there")).toBe(
    "one\nthere\n",
  );
  const old = await running();
  const first = (await tasksOf(house, "app"))[0]?.containers?.[0]?.imageDigest ?? "";

  await build("two", "latest");
  await docker("push", `${name}:latest`);
  await house.ecs.send(new UpdateServiceCommand({ service: "app", forceNewDeployment: true }));
  await stable();
  expect(await inContainer("read v </version; echo $v; [ -f /left ] || echo gone")).toBe("two\ngone\n");
  await eventually("the old containers gone", async () =>
    (await running()).some((id) => old.includes(id)) ? undefined : true,
  );
  const { imageDetails = [] } = await ecr.send(new DescribeImagesCommand({ repositoryName: "team/app" }));
  expect(imageDetails.find(({ imageDigest }) => imageDigest === first)?.imageTags).toBeUndefined();
  expect(imageDetails.find(({ imageTags }) => imageTags?.includes("latest"))?.lastRecordedPullTime).toBeInstanceOf(
    Date,
  );

  await define(`${name}@${first}`);
  await house.ecs.send(new UpdateServiceCommand({ service: "app", taskDefinition: "app" }));
  await stable();
  expect(await inContainer("read v </version; echo $v")).toBe("one\n");
});

test("an immutable tag stays what it is, and nobody pushes without a repository", async () => {
  const repositoryName = "team/app";
  await ecr.send(new PutImageTagMutabilityCommand({ repositoryName, imageTagMutability: "IMMUTABLE" }));
  await build("three", "latest");
  await expect(docker("push", `${name}:latest`)).rejects.toThrow(
    "The image tag 'latest' already exists in the 'team/app' repository and cannot be overwritten because the tag is immutable.",
  );
  await docker("tag", `${name}:latest`, `${name}s:latest`);
  await expect(docker("push", `${name}s:latest`)).rejects.toThrow(
    "The repository with name 'team/apps' does not exist in the registry with id '000000000000'",
  );
  await docker("logout", name.split("/")[0] ?? "");
  await expect(docker("pull", `${name}:latest`)).rejects.toThrow(/no basic auth credentials/);
});
