import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { busyboxImage } from "../../packages/agent/src/images/build-image.ts";
import { linesOf } from "../../packages/agent/src/runtime/container-runtime.conformance.ts";
import type { ContainerSpec, RuntimeEvent } from "../../packages/agent/src/runtime/container-runtime.ts";
import { DockerEngine } from "../../packages/agent/src/runtime/docker-engine.ts";
import { DockerRuntime } from "../../packages/agent/src/runtime/docker-runtime.ts";
import { PrivateEngine } from "./private-engine.ts";

const labels = { "dev.hatoba.test": "engine-loss" };
const spec = (name: string, script: string): ContainerSpec => ({
  name,
  image: busyboxImage,
  command: ["sh", "-c", script],
  environment: {},
  labels,
  cpuShares: 2,
  memoryMiB: 32,
  network: { mode: "none" },
  ports: [],
  mounts: [],
  volumesFrom: [],
  links: [],
  dockerConfig: {},
  dockerHostConfig: {},
});
const never = new AbortController().signal;

describe.each([
  { what: "an engine that takes its containers with it", liveRestore: false },
  { what: "an engine that leaves its containers running", liveRestore: true },
])("$what", ({ liveRestore }) => {
  let dockerd: PrivateEngine;
  let engine: DockerEngine;
  let runtime: DockerRuntime;

  beforeAll(async () => {
    dockerd = await PrivateEngine.start({ liveRestore });
    engine = new DockerEngine(dockerd.dockerHost);
    runtime = new DockerRuntime({ engine, eventLabel: "dev.hatoba.test" });
  });
  afterAll(async () => {
    engine.close();
    await dockerd[Symbol.asyncDispose]();
  });

  test.each(["stop", "kill"] as const)(
    "after %s: calls fail and may be tried again, events end; then all is as before",
    async (end) => {
      const script = "trap 'exit 0' TERM; echo first; i=0; while :; do sleep 600 & wait; done";
      const id = await runtime.create(spec(`lost-${end}`, script));
      await runtime.start(id);

      const events = runtime.events(never);
      expect((await events.next()).value).toEqual({ kind: "reset" } satisfies RuntimeEvent);
      const rest = (async () => {
        for await (const _ of events);
      })();
      await Promise.all([
        expect(rest).rejects.toMatchObject({ retriable: true }),
        end === "stop" ? dockerd.stop() : dockerd.kill(),
      ]);

      for (const call of [
        () => runtime.inspect(id),
        () => runtime.start(id),
        () => runtime.stop(id, 1),
        () => runtime.list(labels),
      ]) {
        await expect(call()).rejects.toMatchObject({
          retriable: true,
          message: expect.stringContaining("Is the docker daemon running?") as string,
        });
      }

      await dockerd.start();
      const again = runtime.events(never);
      expect((await again.next()).value).toEqual({ kind: "reset" } satisfies RuntimeEvent);
      expect(await runtime.inspect(id)).toMatchObject({ status: liveRestore ? "RUNNING" : "STOPPED" });
      expect(await runtime.create(spec(`lost-${end}`, "exit 0"))).toBe(id);
      await runtime.stop(id, 10);
      expect((await linesOf(runtime, id)).map(({ text }) => text)).toEqual(["first"]);
      await again.return?.(undefined);
      await runtime.remove(id);
    },
  );
});
