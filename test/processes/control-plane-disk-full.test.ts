import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import {
  DescribeTaskDefinitionCommand,
  ECSClient,
  ListTaskDefinitionsCommand,
  RegisterTaskDefinitionCommand,
} from "@aws-sdk/client-ecs";
import { afterEach, beforeEach, expect, test } from "vitest";
import { mountSmallDisk, type SmallDisk } from "./small-disk.ts";

// A data directory on a file system of two MiB. Only who may mount can make one.
let disk: SmallDisk | undefined;
beforeEach(() => {
  disk = mountSmallDisk(2);
});
afterEach(() => disk?.remove());

function startControlPlane(directory: string) {
  const main = join(import.meta.dirname, "../../packages/control-plane/src/main.ts");
  const child = spawn(process.execPath, [main, "--data-dir", directory, "--listen", "127.0.0.1:0"], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  const url = Promise.withResolvers<string>();
  const ended = Promise.withResolvers<number | null>();
  const hear = (chunk: Buffer) => {
    output += chunk.toString();
    const found = /"url":"(http:[^"]+)"/.exec(output)?.[1];
    if (found !== undefined) url.resolve(found);
  };
  child.stdout.on("data", hear);
  child.stderr.on("data", hear);
  child.on("close", (code) => {
    ended.resolve(code);
    url.reject(new Error(output));
  });
  return { url: url.promise, ended: ended.promise, output: () => output, stop: () => child.kill("SIGTERM") };
}

test("when the data directory is full the control plane stops and says so, and all that it acknowledged is there afterwards", async (context) => {
  if (disk === undefined) return context.skip("may not mount a file system");
  const { directory } = disk;
  const first = startControlPlane(directory);
  const credentialsFile = join(directory, "credentials.json");
  const clientFor = async (url: Promise<string>) =>
    new ECSClient({
      endpoint: await url,
      region: "us-east-1",
      maxAttempts: 1,
      credentials: JSON.parse(readFileSync(credentialsFile, "utf8")) as {
        accessKeyId: string;
        secretAccessKey: string;
      },
    });
  const client = await clientFor(first.url);
  const environment = [{ name: "PADDING", value: "x".repeat(20_000) }];
  let acknowledged = 0;
  const fill = async () => {
    for (;;) {
      const containerDefinitions = [{ name: "app", image: "app", memory: 32, environment }];
      await client.send(new RegisterTaskDefinitionCommand({ family: "full", containerDefinitions }));
      acknowledged++;
    }
  };
  await expect(fill()).rejects.toThrow();
  expect(await first.ended).toBe(1);
  expect(first.output()).toContain("the data directory cannot be written, stopping");
  expect(first.output()).toContain("database or disk is full");
  expect(acknowledged).toBeGreaterThan(5);

  // With room again it goes on from there.
  disk.grow(8);
  const second = startControlPlane(directory);
  const again = await clientFor(second.url);
  const { taskDefinitionArns = [] } = await again.send(new ListTaskDefinitionsCommand({ familyPrefix: "full" }));
  expect(taskDefinitionArns).toHaveLength(acknowledged);
  const { taskDefinition } = await again.send(
    new DescribeTaskDefinitionCommand({ taskDefinition: `full:${acknowledged}` }),
  );
  expect(taskDefinition?.containerDefinitions?.[0]?.environment).toEqual(environment);
  second.stop();
  expect(await second.ended).toBe(0);
});
