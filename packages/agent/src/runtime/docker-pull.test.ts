import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { PullBehaviour } from "./container-runtime.ts";
import { imageReference } from "./docker-image-reference.ts";
import { DockerPull } from "./docker-pull.ts";
import { FakeEngine } from "./engine.fixture.ts";

const digest = `sha256:${"a".repeat(64)}`;
const never = new AbortController().signal;

describe("DockerPull", () => {
  let engine: FakeEngine;
  let now = 0;
  let images: DockerPull;
  /** `own`: built here; `pulled`: it came from a registry. */
  let local: "own" | "pulled" | undefined;
  let registry: "serves" | "knows nothing" | "is unreachable" | "fails on the way" | "waits";
  const pulls = () => engine.asked.filter((text) => text.startsWith("POST")).length;
  const pull = (behaviour: PullBehaviour, image = "web:1") => images.pull(image, behaviour, never);

  beforeEach(async () => {
    engine = await FakeEngine.start();
    images = new DockerPull(engine.client, () => now);
    local = undefined;
    registry = "serves";
    engine.answer = (request, response) => {
      const refuse = (status: number, message: string) => response.writeHead(status).end(JSON.stringify({ message }));
      if (request.method === "GET") {
        if (local === undefined) refuse(404, "No such image");
        else response.end(JSON.stringify({ RepoDigests: local === "own" ? [] : [`web@${digest}`] }));
      } else if (registry === "knows nothing") {
        refuse(404, "pull access denied for web, repository does not exist");
      } else if (registry === "is unreachable") {
        refuse(500, 'Get "https://registry-1.docker.io/v2/": dial tcp: lookup registry-1.docker.io: no such host');
      } else if (registry !== "waits") {
        response.write('{"status":"Pulling from library/web","id":"1"}\n{"sta');
        const end = `tus":"Digest: ${digest}"}\n{"status":"Status: Downloaded"}\n`;
        response.end(registry === "serves" ? end : 'tus":"x"}\n{"error":"unexpected EOF"}\n');
      }
    };
  });
  afterEach(() => engine[Symbol.asyncDispose]());

  test.each<[PullBehaviour, "own" | "pulled" | undefined, number]>([
    ["default", undefined, 1],
    ["default", "pulled", 1],
    ["default", "own", 0],
    ["always", "own", 1],
    ["always", "pulled", 1],
    ["once", undefined, 1],
    ["once", "pulled", 1],
    ["once", "own", 0],
    ["prefer-cached", undefined, 1],
    ["prefer-cached", "pulled", 0],
    ["prefer-cached", "own", 0],
  ])("%s, with the image here: %s: %d pulls", async (behaviour, here, count) => {
    local = here;
    expect(await pull(behaviour)).toEqual(count === 0 ? { pulled: false } : { pulled: true, imageDigest: digest });
    expect(pulls()).toBe(count);
  });

  test("once is once", async () => {
    await pull("once");
    local = "pulled";
    await pull("once");
    expect(pulls()).toBe(1);
  });

  test.each(["knows nothing", "is unreachable", "fails on the way"] as const)("a registry that %s", async (state) => {
    registry = state;
    for (const behaviour of ["default", "always", "once", "prefer-cached"] as const) {
      await expect(pull(behaviour)).rejects.toMatchObject({ name: "CannotPullContainerError" });
    }
    local = "pulled";
    await expect(pull("always")).rejects.toMatchObject({ name: "CannotPullContainerError" });
    expect(await pull("default")).toEqual({
      pulled: false,
      warning: expect.stringMatching(/^CannotPullContainerError: Error response from daemon: /) as string,
    });
  });

  test("a registry out of reach is left alone for a minute while there is a local image", async () => {
    registry = "is unreachable";
    local = "pulled";
    const first = await pull("default");
    expect(await pull("default", "other:1")).toEqual(first);
    expect(pulls()).toBe(1);
    await pull("default", "elsewhere.example/web:1");
    expect(pulls()).toBe(2);
    local = undefined; // nothing to fall back on: it is asked
    await expect(pull("default")).rejects.toThrow("no such host");
    local = "pulled";
    now += 60_001;
    registry = "serves";
    expect((await pull("default")).pulled).toBe(true);
  });

  test("tasks that want the same image at the same time share one pull", async () => {
    const results = await Promise.all([pull("always"), pull("always"), pull("always")]);
    expect(results).toEqual(Array.from({ length: 3 }, () => ({ pulled: true, imageDigest: digest })));
    expect(pulls()).toBe(1);
  });

  test("one that gives up does not take the others with it", async () => {
    registry = "waits";
    const leaving = new AbortController();
    const first = images.pull("web:1", "always", leaving.signal);
    while (pulls() === 0) await new Promise(setImmediate);
    const second = pull("always");
    registry = "serves";
    leaving.abort(new Error("stopped"));
    await expect(first).rejects.toThrow("stopped");
    expect((await second).pulled).toBe(true);
  });
});

describe("imageReference", () => {
  test.each([
    ["nginx", "docker.io", "nginx:latest"],
    ["hatoba/hello:1", "docker.io", "hatoba/hello:1"],
    ["localhost/x", "localhost", "localhost/x:latest"],
    ["127.0.0.1:5000/x", "127.0.0.1:5000", "127.0.0.1:5000/x:latest"],
    ["public.ecr.aws/nginx/nginx:1.25", "public.ecr.aws", "public.ecr.aws/nginx/nginx:1.25"],
    [`nginx@${digest}`, "docker.io", `nginx@${digest}`],
  ])("%s is at %s", (image, registry, name) => {
    expect(imageReference(image)).toEqual({ registry, name });
  });
});
