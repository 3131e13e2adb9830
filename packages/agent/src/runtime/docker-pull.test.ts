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
  /** Whether the registry says which digest a tag stands for; some engines cannot ask. */
  let tells: boolean;
  /** What the registry has under the tag. */
  let current: string;
  /** Digests of the images that are here. */
  let here: Set<string>;
  const asked = (start: string) => engine.asked.filter((text) => text.startsWith(start)).length;
  /** How often the registry was asked for an image. */
  const pulls = () => asked(tells ? "GET /distribution" : "POST /images/create");
  const pull = (behaviour: PullBehaviour, image = "web:1") => images.pull(image, behaviour, never);

  beforeEach(async () => {
    engine = await FakeEngine.start();
    images = new DockerPull(engine.client, () => now);
    local = undefined;
    registry = "serves";
    tells = false;
    current = digest;
    here = new Set();
    engine.answer = (request, response) => {
      const refuse = (status: number, message: string) => response.writeHead(status).end(JSON.stringify({ message }));
      const url = decodeURIComponent(request.url ?? "");
      const exact = /@(sha256:\w+)/.exec(url)?.[1];
      if (request.method === "GET" && url.startsWith("/images")) {
        const isHere = exact === undefined ? local !== undefined : here.has(exact);
        if (!isHere) refuse(404, "No such image");
        else
          response.end(
            JSON.stringify({ Id: `id-${exact ?? local}`, RepoDigests: local === "own" ? [] : [`web@${digest}`] }),
          );
      } else if (url.startsWith("/distribution") && !tells) {
        refuse(404, "page not found");
      } else if (url.endsWith("tag=1")) {
        response.writeHead(201).end();
      } else if (registry === "knows nothing") {
        refuse(404, "pull access denied for web, repository does not exist");
      } else if (registry === "is unreachable") {
        refuse(500, 'Get "https://registry-1.docker.io/v2/": dial tcp: lookup registry-1.docker.io: no such host');
      } else if (url.startsWith("/distribution")) {
        response.end(
          JSON.stringify({ Descriptor: { mediaType: "application/vnd.oci.image.index.v1+json", digest: current } }),
        );
      } else if (registry !== "waits") {
        if (exact !== undefined && registry === "serves") here.add(exact);
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
    const known = here === "own" ? {} : { imageDigest: digest };
    expect(await pull(behaviour)).toMatchObject({
      pulled: count > 0,
      ...(count > 0 ? { imageDigest: digest } : known),
    });
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
      imageId: "id-pulled",
      imageDigest: digest,
      warning: expect.stringMatching(/^CannotPullContainerError: Error response from daemon: /) as string,
    });
  });

  test("a registry out of reach is left alone for a minute while there is a local image", async () => {
    registry = "is unreachable";
    local = "pulled";
    const first = await pull("default");
    expect((await pull("default", "other:1")).warning).toBe(first.warning);
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
    expect(results).toMatchObject(Array.from({ length: 3 }, () => ({ pulled: true, imageDigest: digest })));
    expect(pulls()).toBe(1);
  });

  describe("when the registry tells digests", () => {
    const moved = `sha256:${"b".repeat(64)}`;
    beforeEach(() => {
      tells = true;
      local = "pulled";
      here.add(digest);
    });

    test("what the tag stands for is pulled by its digest, and gets the tag", async () => {
      current = moved;
      expect(await pull("default")).toEqual({ pulled: true, imageDigest: moved, imageId: `id-${moved}` });
      expect(engine.asked.filter((text) => text.startsWith("POST"))).toEqual([
        `POST /images/create?fromImage=web@${moved}`,
        `POST /images/id-${moved}/tag?repo=web&tag=1`,
      ]);
    });

    test("what is here already is not pulled again", async () => {
      expect(await pull("always")).toMatchObject({ pulled: true, imageDigest: digest });
      expect(asked("POST /images/create")).toBe(0);
    });

    test("an image named by its digest is the same everywhere", async () => {
      expect(await pull("default", `web@${digest}`)).toMatchObject({ pulled: false, imageDigest: digest });
      expect(await pull("default", `web:1@${moved}`)).toMatchObject({ pulled: true, imageDigest: moved });
      expect(asked("GET /distribution")).toBe(0);
      expect(asked("POST /images/create")).toBe(1);
    });

    test("a registry that cannot be reached leaves what is here; what it refuses the pull tells", async () => {
      registry = "is unreachable";
      expect(await pull("default")).toMatchObject({
        pulled: false,
        imageDigest: digest,
        warning: expect.stringContaining("no such host") as string,
      });
      expect(asked("POST")).toBe(0);
      registry = "knows nothing";
      await expect(pull("always")).rejects.toThrow("repository does not exist");
    });

    test("credentials go along, and are not shared", async () => {
      const headers: unknown[] = [];
      const { answer } = engine;
      engine.answer = (request, response, body) => {
        headers.push(request.headers["x-registry-auth"]);
        answer(request, response, body);
      };
      const auth = { username: "me", password: "secret", serveraddress: "web.example" };
      await Promise.all([images.pull("web:1", "always", never, auth), pull("always")]);
      const [header = "", ...others] = headers.flatMap((each) => (typeof each === "string" ? each : []));
      expect(JSON.parse(Buffer.from(header, "base64url").toString())).toEqual(auth);
      expect(header).toMatch(/^[\w-]+==$/);
      expect(others).toEqual([]);
      expect(asked("GET /distribution")).toBe(2);
    });
  });

  describe("a shared pull that fails", () => {
    let release: (() => void)[];
    const five = () => Promise.allSettled(Array.from({ length: 5 }, () => pull("always")));
    /** Every pull waits for its turn. */
    const next = async () => {
      while (release.length === 0) await new Promise(setImmediate);
      release.shift()?.();
    };

    beforeEach(() => {
      release = [];
      const { answer } = engine;
      engine.answer = (request, response, body) => {
        if (request.url?.startsWith("/images/create")) release.push(() => answer(request, response, body));
        else answer(request, response, body);
      };
    });

    test("is tried once more, for all that wait", async () => {
      registry = "fails on the way";
      const outcomes = five();
      await next();
      await next();
      expect((await outcomes).map(({ status }) => status)).toEqual(Array.from({ length: 5 }, () => "rejected"));
      expect(pulls()).toBe(2);
    });

    test("may come off the second time", async () => {
      registry = "fails on the way";
      const outcomes = five();
      await next();
      while (release.length === 0) await new Promise(setImmediate);
      registry = "serves";
      await next();
      expect((await outcomes).filter(({ status }) => status === "fulfilled")).toHaveLength(4);
      expect(pulls()).toBe(2);
    });
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
    [`127.0.0.1:5000/a/nginx:1@${digest}`, "127.0.0.1:5000", `127.0.0.1:5000/a/nginx@${digest}`],
  ])("%s is at %s", (image, registry, name) => {
    expect(imageReference(image)).toMatchObject({ registry, name });
  });
});
