import { readdirSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { busyboxImage } from "../../packages/agent/src/images/build-image.ts";
import { ensurePauseImage } from "../../packages/agent/src/images/pause-image.ts";
import {
  containerRuntimeConformance,
  linesOf,
  observed,
} from "../../packages/agent/src/runtime/container-runtime.conformance.ts";
import type { ContainerSpec } from "../../packages/agent/src/runtime/container-runtime.ts";
import { DockerRuntime } from "../../packages/agent/src/runtime/docker-runtime.ts";
import { type TestEngine, testEngine, testLabel } from "./engine.ts";

const vpcCidr = "10.213.0.0/24";
let house: TestEngine;
let runtime: DockerRuntime;

beforeAll(async () => {
  house = await testEngine();
  const eventLabel = `${testLabel}=${house.run}`;
  runtime = new DockerRuntime({ engine: house.engine, eventLabel, networkLabels: house.labels });
});
afterAll(() => house.clean());

const shell = (script: string) => ({ image: busyboxImage, command: ["sh", "-c", script] });

containerRuntimeConformance("DockerRuntime", async () => ({
  runtime,
  prefix: house.run,
  labels: house.labels,
  vpc: { cidr: vpcCidr, address: "10.213.0.9" },
  programs: {
    waits: shell("trap 'exit 0' TERM; while :; do sleep 600 & wait; done"),
    ignoresStop: shell("trap '' TERM; while :; do sleep 600; done"),
    exits: (code) => shell(`exit ${code}`),
    prints: (lines) => ({ image: busyboxImage, command: ["printf", "%s\\n", ...lines] }),
    missingImage: { image: "hatoba.invalid/nothing:1" },
  },
}));

describe("what Docker does for a container", () => {
  const run = async (script: string, more: Partial<ContainerSpec> = {}) => {
    const id = await runtime.create({
      name: `${house.run}-extra-${count++}`,
      environment: {},
      cpuShares: 2,
      memoryMiB: 32,
      network: { mode: "none" },
      ports: [],
      mounts: [],
      volumesFrom: [],
      links: [],
      dockerConfig: {},
      dockerHostConfig: {},
      ...shell(script),
      ...more,
      labels: house.labels,
    });
    await runtime.start(id);
    return id;
  };
  let count = 0;
  const ended = (id: string) => observed(runtime, id, ({ status }) => status === "STOPPED");
  const output = async (id: string) => (await linesOf(runtime, id)).map(({ text }) => text);
  const outputOf = async (script: string, more?: Partial<ContainerSpec>) => {
    const id = await run(script, more);
    await ended(id);
    return output(id);
  };

  test("environment, user, working directory and limits are as the task says", async () => {
    const lines = await outputOf(
      "echo $COLOUR; id -u; pwd; ulimit -n; cat /sys/fs/cgroup/memory/memory.limit_in_bytes /sys/fs/cgroup/memory.max 2>/dev/null",
      {
        environment: { COLOUR: "blue and = green" },
        dockerConfig: { User: "65534", WorkingDir: "/tmp" },
        dockerHostConfig: { Ulimits: [{ Name: "nofile", Soft: 300, Hard: 400 }] },
      },
    );
    expect(lines).toEqual(["blue and = green", "65534", "/tmp", "300", String(32 * 1024 * 1024)]);
  });

  test("killed for memory: the main process, or a child that takes it down", async () => {
    for (const script of ["exec tail /dev/zero", "tail /dev/zero"]) {
      const id = await run(script, { memoryMiB: 8 });
      expect(await ended(id)).toMatchObject({ exitCode: 137, outOfMemory: true });
    }
  });

  test("a command that does not exist", async () => {
    const failed = run("", { command: ["no-such-command"] });
    await expect(failed).rejects.toMatchObject({
      name: "CannotStartContainerError",
      retriable: false,
      message: expect.stringMatching(/^Error response from daemon: .*no-such-command.*not found/s) as string,
    });
  });

  test("a health check is mirrored", async () => {
    const second = 1_000_000_000;
    const check = { Test: ["CMD-SHELL", "test -e /tmp/well"], Interval: second, Timeout: second, Retries: 1 };
    const id = await run("trap 'exit 0' TERM; sleep 1; touch /tmp/well; while :; do sleep 600 & wait; done", {
      dockerConfig: { Healthcheck: check },
    });
    expect((await runtime.inspect(id))?.health).toBe("UNKNOWN");
    await observed(runtime, id, ({ health }) => health === "HEALTHY");
  });

  test("standard output and error are told apart, long lines joined, bytes that are no text replaced", async () => {
    const id = await run("echo out; echo err >&2; head -c 100000 /dev/zero | tr '\\0' x; echo; printf 'a\\377b\\nend'");
    await ended(id);
    const lines = await linesOf(runtime, id);
    expect(lines.filter(({ stream }) => stream === "stderr").map(({ text }) => text)).toEqual(["err"]);
    const out = lines.filter(({ stream }) => stream === "stdout").map(({ text }) => text);
    expect(out.map((text) => text.length)).toEqual([3, 100_000, 3, 3]);
    expect(out.at(-2)).toBe("a\ufffdb");
    for (const [at, { position }] of lines.entries()) {
      expect(await linesOf(runtime, id, position)).toHaveLength(lines.length - at - 1);
    }
  });

  test("a burst that the engine rotates away under a slower reader is read whole", async () => {
    const count = 250_000;
    const id = await run(`seq 1 ${count} | sed 's/$/ ${"x".repeat(80)}/'; sleep 3; echo ${count + 1}`, {
      dockerHostConfig: {
        LogConfig: { Type: "local", Config: { "max-size": "12m", "max-file": "5", compress: "false" } },
      },
    });
    let [lines, outOfOrder] = [0, 0];
    for await (const { text } of runtime.logs(id, undefined, AbortSignal.timeout(120_000))) {
      if (Number.parseInt(text, 10) !== ++lines) outOfOrder++;
    }
    expect([lines, outOfOrder]).toEqual([count + 1, 0]);
  });

  test("a terminal's output has no frames, and is read all the same", async () => {
    expect(await outputOf("echo one; echo two", { dockerConfig: { Tty: true } })).toEqual(["one", "two"]);
  });

  test("files are shared through volumes, and anonymous ones go with the container", async () => {
    const volume = `${house.run}-shared`;
    await runtime.createVolume({ name: volume, labels: house.labels });
    const mounts = [{ source: volume, target: "/data", readOnly: false }];
    const writer = await run("echo shared > /data/file", { mounts });
    await ended(writer);
    const readOnly = mounts.map((mount) => ({ ...mount, readOnly: true }));
    expect(
      await outputOf("cat /data/file; touch /data/other 2>/dev/null || echo refused", { mounts: readOnly }),
    ).toEqual(["shared", "refused"]);
    await expect(runtime.removeVolume(volume)).rejects.toMatchObject({
      name: "CannotRemoveVolumeError",
      retriable: true,
    });
  });

  test("host, none and bridge are the networks they say", async () => {
    const interfaces = "ls /sys/class/net";
    expect(await outputOf(interfaces, { network: { mode: "none" } })).toEqual(["lo"]);
    expect(await outputOf(interfaces, { network: { mode: "bridge" } })).toEqual(["eth0", "lo"]);
    expect(await outputOf(interfaces, { network: { mode: "host" } })).toEqual(readdirSync("/sys/class/net").toSorted());
  });

  describe("in a VPC", () => {
    const serve =
      "mkdir /tmp/www; echo $NAME > /tmp/www/index.html; trap 'exit 0' TERM; httpd -f -p 127.0.0.1:8080 -h /tmp/www & httpd -f -p 80 -h /tmp/www & wait";
    const fetchPage = (url: string) =>
      `i=0; until wget -q -O - ${url} 2>/dev/null || [ $i -ge 50 ]; do i=$((i+1)); usleep 100000; done`;

    async function task(name: string, address: string) {
      const network = await runtime.ensureVpcNetwork(vpcCidr);
      const image = await ensurePauseImage(house.engine);
      const macAddress = `0a:00:00:00:00:${address.split(".").at(-1)?.padStart(2, "0")}`;
      const hostname = `ip-${address.replaceAll(".", "-")}.ec2.internal`;
      const pause = await run("", {
        image,
        command: [],
        network: { mode: "vpc", network, address, macAddress, hostname },
      });
      const inside = { mode: "container", containerId: pause } as const;
      await run(serve, { network: inside, environment: { NAME: name } });
      return { pause, inside };
    }

    test("a task's containers share localhost, and tasks do not; tasks and the machine reach each other by address", async () => {
      const [one, two] = await Promise.all([task("one", "10.213.0.11"), task("two", "10.213.0.12")]);
      expect(await outputOf(fetchPage("http://127.0.0.1:8080/"), { network: one.inside })).toEqual(["one"]);
      expect(await outputOf(fetchPage("http://127.0.0.1:8080/"), { network: two.inside })).toEqual(["two"]);
      expect(await outputOf(fetchPage("http://10.213.0.12/"), { network: one.inside })).toEqual(["two"]);
      expect(await (await fetch("http://10.213.0.11/")).text()).toBe("one\n");
      expect(
        await outputOf("hostname; cat /sys/class/net/eth0/address; grep -c 127.0.0.11 /etc/resolv.conf", {
          network: one.inside,
        }),
      ).toEqual(["ip-10-213-0-11.ec2.internal", "0a:00:00:00:00:11", "1"]);
    });

    test("an address belongs to one task", async () => {
      const { pause } = await task("one", "10.213.0.21");
      await expect(task("other", "10.213.0.21")).rejects.toMatchObject({ name: "CannotStartContainerError" });
      const before = Date.now();
      await runtime.stop(pause, 30);
      expect(Date.now() - before).toBeLessThan(10_000);
    });

    test("a block that the machine uses already is refused with a word on whose it is", async () => {
      await runtime.ensureVpcNetwork(vpcCidr);
      const inside = runtime.ensureVpcNetwork("10.213.0.0/16");
      await expect(inside).rejects.toMatchObject({
        name: "ContainerNetworkingError",
        message: expect.stringMatching(
          /10\.213\.0\.0\/16 is in use by another network of this machine \(.*10\.213\.0/,
        ) as string,
      });
    });
  });
});
