import { type ChildProcess, spawn } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import { join } from "node:path";
import { DescribeContainerInstancesCommand, ListContainerInstancesCommand } from "@aws-sdk/client-ecs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type ExecHouse, execHouse } from "../exec/exec-house.ts";
import { eventually, repository } from "./house.ts";

let exec: ExecHouse;
let task = "";
beforeAll(async () => {
  exec = await execHouse();
  task = await exec.run();
});
afterAll(() => exec.house.down());

/** `hatoba exec` whose streams are pipes. */
function start(words: readonly string[]): ChildProcess {
  const child = spawn(join(repository, "hatoba"), ["exec", ...words], {
    env: { ...process.env, HATOBA_DATA_DIR: exec.house.dataDir },
    stdio: "pipe",
  });
  child.stdin?.on("error", () => undefined);
  return child;
}

interface Finished {
  readonly code: number | null;
  readonly out: Buffer;
  readonly err: string;
}

async function finish(child: ChildProcess): Promise<Finished> {
  const parts = { out: [] as Buffer[], err: [] as Buffer[] };
  child.stdout?.on("data", (chunk: Buffer) => parts.out.push(chunk));
  child.stderr?.on("data", (chunk: Buffer) => parts.err.push(chunk));
  const [code] = (await once(child, "close")) as [number | null];
  return { code, out: Buffer.concat(parts.out), err: Buffer.concat(parts.err).toString() };
}

function execute(words: readonly string[], input: string | Buffer = ""): Promise<Finished> {
  const child = start(words);
  child.stdin?.end(input);
  return finish(child);
}

describe("hatoba exec without a terminal", () => {
  test("three streams, and the exit code", async () => {
    const script = "cat; echo err >&2; id -u; exit 3";
    const { code, out, err } = await execute([task, "sh", "-c", script], "in ");
    expect([code, out.toString(), err]).toEqual([3, "in 0\n", "err\n"]);
  });

  test("ten megabytes of output and one of input have equal digests", async () => {
    const digest = (bytes: Buffer) => createHash("sha256").update(bytes).digest("hex");
    const script =
      "dd if=/dev/urandom of=/tmp/x bs=1M count=10 2>/dev/null; sha256sum /tmp/x >&2; cat /tmp/x; rm /tmp/x";
    const { out, err } = await execute([task, "sh", "-c", script]);
    expect(out.length).toBe(10 * 1024 * 1024);
    expect(err.slice(0, 64)).toBe(digest(out));
    const input = randomBytes(1024 * 1024);
    expect((await execute([task, "sha256sum"], input)).out.toString().slice(0, 64)).toBe(digest(input));
  });

  test("what cannot be opened is said, with a reason", async () => {
    const cases: readonly (readonly [readonly string[], RegExp])[] = [
      [[task, "/bin/nope"], /Unable to start command: .*no such file or directory/s],
      [["0".repeat(32), "ls"], /There is no task/],
      [[task, "--container", "other", "ls"], /no container other; it has web/],
    ];
    for (const [words, reason] of cases) {
      const { code, err } = await execute(words);
      expect(err).toMatch(reason);
      expect(code).not.toBe(0);
    }
  });

  test("one of several containers is named", async () => {
    const several = await exec.run([{}, { environment: [{ name: "WHO", value: "side" }] }]);
    expect((await execute([several, "ls"])).err).toMatch(/several containers/);
    const { out } = await execute([several, "--container", "side-1", "sh", "-c", "echo $WHO"]);
    expect(out.toString()).toBe("side\n");
  });

  test("a task on Fargate", async () => {
    const fargate = await exec.run([{}], {
      launchType: "FARGATE",
      networkConfiguration: { awsvpcConfiguration: { subnets: [await subnet()] } },
    });
    expect((await execute([fargate, "sh", "-c", "exit 4"])).code).toBe(4);
  });

  test("an image without a shell says so, and its own programs run", async () => {
    const image = await bareImage();
    const bare = await exec.run([{ image, command: ["/pause"] }]);
    expect((await execute([bare, "sh"])).err).toMatch(/Unable to start command: .*executable file not found/);
  });
});

describe("the end of a session", () => {
  const opened = async (word: string, of = task) => {
    const child = start([of, "sh", "-c", `echo ready; exec sleep ${word}`]);
    await once(child.stdout!, "data");
    return child;
  };

  test("a client that is ended leaves no process behind", async () => {
    const child = await opened("7101");
    await exec.processesBecome(task, "sleep 7101", 1);
    child.kill("SIGTERM");
    expect((await finish(child)).code).toBe(130);
    await exec.processesBecome(task, "sleep 7101", 0);
  });

  test("a container that ends takes its session with it, with a text", async () => {
    const other = await exec.run();
    const child = await opened("7102", other);
    const over = finish(child);
    const [container] = await exec.house.engine.listContainers({
      filters: { label: [`com.amazonaws.ecs.task-arn=${other}`] },
    });
    await exec.house.engine.getContainer(container?.Id ?? "").kill();
    // The program's own end may be the first that is heard of it.
    const { code, err } = await over;
    expect(code === 137 || err !== "").toBe(true);
  });

  test("an agent that is killed ends the session, and its next process ends what ran", async () => {
    const child = await opened("7103");
    const over = finish(child);
    exec.house.kill("agent");
    const { code, err } = await over;
    expect(code).toBe(255);
    expect(err).toMatch(/agent of the container instance was lost/);
    await exec.house.hatoba("up");
    await exec.processesBecome(task, "sleep 7103", 0);
    await agentConnected();
    expect((await execute([task, "echo", "again"])).out.toString()).toBe("again\n");
  });

  test("a control plane that is restarted ends the session; nothing hangs, nothing is left", async () => {
    const child = await opened("7104");
    const over = finish(child);
    exec.house.kill("control-plane");
    await exec.house.hatoba("up");
    expect((await over).code).toBe(255);
    await exec.processesBecome(task, "sleep 7104", 0);
    await agentConnected();
    expect((await execute([task, "echo", "again"])).out.toString()).toBe("again\n");
  });
});

async function agentConnected(): Promise<void> {
  await eventually("the agent connected", async () => {
    const { containerInstanceArns = [] } = await exec.house.ecs.send(new ListContainerInstancesCommand({}));
    const { containerInstances = [] } = await exec.house.ecs.send(
      new DescribeContainerInstancesCommand({ containerInstances: containerInstanceArns }),
    );
    return containerInstances.every(({ agentConnected: connected }) => connected) ? true : undefined;
  });
}

async function subnet(): Promise<string> {
  const { DescribeSubnetsCommand } = await import("@aws-sdk/client-ec2");
  const { Subnets = [] } = await exec.house.ec2.send(new DescribeSubnetsCommand({}));
  return Subnets[0]?.SubnetId ?? "";
}

/** An image that holds one program and no shell: that of pause containers. */
async function bareImage(): Promise<string> {
  const images = await exec.house.engine.listImages();
  const found = images.flatMap(({ RepoTags = [] }) => RepoTags).find((tag) => tag.startsWith("hatoba/pause:"));
  if (found === undefined) throw new Error("no pause image on this engine");
  return found;
}
