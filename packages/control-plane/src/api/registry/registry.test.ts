import { CreateRepositoryCommand, PutImageTagMutabilityCommand } from "@aws-sdk/client-ecr";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { HttpRefusal } from "../http/refusal.ts";
import { digestOf, imageType, startTestRegistry, type TestRegistry } from "./registry.fixture.ts";

// The distribution protocol over HTTP, on real files.
let house: TestRegistry;
beforeEach(async () => {
  house = await startTestRegistry();
  await house.client.send(new CreateRepositoryCommand({ repositoryName: "team/app" }));
});
afterEach(() => house[Symbol.asyncDispose]());

const errorOf = async (answer: Response) => {
  const { errors } = (await answer.json()) as { errors: { code: string; message: string }[] };
  return [answer.status, errors[0]?.code, errors[0]?.message];
};
const post = (query = "", repository = "team/app") =>
  house.call(`/v2/${repository}/blobs/uploads/${query}`, { method: "POST" });
const beginUpload = async () => (await post()).headers.get("location") ?? "";

describe("blobs", () => {
  test("come in one request, and are given back whole, in part, and by HEAD", async () => {
    const digest = await house.blob("team/app", "0123456789");
    const path = `/v2/team/app/blobs/${digest}`;
    const whole = await house.call(path);
    expect([whole.status, whole.headers.get("docker-content-digest"), await whole.text()]).toEqual([
      200,
      digest,
      "0123456789",
    ]);
    const part = await house.call(path, { headers: { range: "bytes=2-4" } });
    expect([part.status, part.headers.get("content-range"), await part.text()]).toEqual([206, "bytes 2-4/10", "234"]);
    const end = await house.call(path, { headers: { range: "bytes=-3" } });
    expect([end.status, await end.text()]).toEqual([206, "789"]);
    expect((await house.call(path, { headers: { range: "bytes=10-" } })).status).toBe(416);
    const head = await house.call(path, { method: "HEAD" });
    expect([head.status, head.headers.get("content-length")]).toEqual([200, "10"]);
  });

  test("come in chunks, each where the last one ended", async () => {
    const location = await beginUpload();
    const patch = (body: string, range: string) =>
      house.call(location, { method: "PATCH", headers: { "content-range": range }, body });
    expect((await patch("01234", "0-4")).headers.get("range")).toBe("0-4");
    const wrong = await patch("x", "7-7");
    expect([wrong.status, wrong.headers.get("range")]).toEqual([416, "0-4"]);
    expect((await patch("567", "5-7")).headers.get("range")).toBe("0-7");
    const state = await house.call(location);
    expect([state.status, state.headers.get("range")]).toEqual([204, "0-7"]);
    const digest = digestOf("0123456789");
    const done = await house.call(`${location}?digest=${digest}`, { method: "PUT", body: "89" });
    expect([done.status, done.headers.get("location")]).toEqual([201, `/v2/team/app/blobs/${digest}`]);
    expect((await house.call(location)).status).toBe(404);
  });

  test("whose digest is another are thrown away", async () => {
    const location = await beginUpload();
    const refused = await house.call(`${location}?digest=${digestOf("a")}`, { method: "PUT", body: "b" });
    expect((await errorOf(refused)).slice(0, 2)).toEqual([400, "DIGEST_INVALID"]);
    expect((await house.call(location)).status).toBe(404);
    expect((await house.call(`/v2/team/app/blobs/${digestOf("b")}`)).status).toBe(404);
  });

  test("belong to the repository that they were pushed to, and can be mounted from there", async () => {
    await house.client.send(new CreateRepositoryCommand({ repositoryName: "other" }));
    const digest = await house.blob("team/app", "shared");
    expect((await house.call(`/v2/other/blobs/${digest}`)).status).toBe(404);
    expect((await post(`?mount=${digest}&from=nowhere`, "other")).status).toBe(202);
    expect((await post(`?mount=${digest}&from=team/app`, "other")).status).toBe(201);
    expect(await (await house.call(`/v2/other/blobs/${digest}`)).text()).toBe("shared");
  });
});

describe("manifests", () => {
  test("are found by tag and digest, and listed", async () => {
    const digest = await house.image("team/app", "v1");
    await house.image("team/app", "v2", "another");
    for (const reference of ["v1", digest]) {
      const answer = await house.call(`/v2/team/app/manifests/${reference}`);
      expect([answer.status, answer.headers.get("docker-content-digest"), answer.headers.get("content-type")]).toEqual([
        200,
        digest,
        imageType,
      ]);
      expect(digestOf(await answer.text())).toBe(digest);
    }
    const first = await house.call("/v2/team/app/tags/list?n=1");
    expect([await first.json(), first.headers.get("link")]).toEqual([
      { name: "team/app", tags: ["v1"] },
      '</v2/team/app/tags/list?n=1&last=v1>; rel="next"',
    ]);
    expect(await (await house.call("/v2/team/app/tags/list?n=1&last=v1")).json()).toMatchObject({ tags: ["v2"] });
    expect(await (await house.call("/v2/_catalog")).json()).toEqual({ repositories: ["team/app"] });
    expect(await errorOf(await house.call("/v2/team/app/manifests/v3"))).toEqual([
      404,
      "MANIFEST_UNKNOWN",
      "Requested image not found",
    ]);
  });

  test.each([
    ["not JSON", "no", "MANIFEST_INVALID"],
    ["of schema 1", JSON.stringify({ schemaVersion: 1, mediaType: imageType }), "MANIFEST_INVALID"],
    [
      "whose layers are not there",
      JSON.stringify({
        schemaVersion: 2,
        mediaType: imageType,
        config: { mediaType: "application/json", size: 1, digest: digestOf("x") },
        layers: [],
      }),
      "MANIFEST_BLOB_UNKNOWN",
    ],
  ])("%s are refused", async (_what, body, code) => {
    const headers = { "content-type": imageType };
    const refused = await house.call("/v2/team/app/manifests/v1", { method: "PUT", headers, body });
    expect((await errorOf(refused))[1]).toBe(code);
  });

  test("that say what they are about are its referrers", async () => {
    const subject = await house.image("team/app", "v1");
    const config = {
      mediaType: "application/vnd.oci.empty.v1+json",
      digest: await house.blob("team/app", "{}"),
      size: 2,
    };
    const body = JSON.stringify({
      schemaVersion: 2,
      mediaType: imageType,
      artifactType: "application/vnd.example.signature",
      config,
      layers: [],
      subject: { mediaType: imageType, digest: subject, size: 1 },
    });
    const headers = { "content-type": imageType };
    const put = await house.call(`/v2/team/app/manifests/${digestOf(body)}`, { method: "PUT", headers, body });
    expect([put.status, put.headers.get("oci-subject")]).toEqual([201, subject]);
    const found = await house.call(`/v2/team/app/referrers/${subject}`);
    expect(await found.json()).toMatchObject({
      mediaType: "application/vnd.oci.image.index.v1+json",
      manifests: [{ digest: digestOf(body), artifactType: "application/vnd.example.signature" }],
    });
  });
});

describe("tags", () => {
  test("move, and do not where they are immutable; the same image again is no change", async () => {
    const set = (imageTagMutability: "IMMUTABLE" | "IMMUTABLE_WITH_EXCLUSION") =>
      house.client.send(
        new PutImageTagMutabilityCommand({
          repositoryName: "team/app",
          imageTagMutability,
          ...(imageTagMutability === "IMMUTABLE"
            ? {}
            : { imageTagMutabilityExclusionFilters: [{ filterType: "WILDCARD", filter: "v*" }] }),
        }),
      );
    await house.image("team/app", "v1", "one");
    const moved = await house.image("team/app", "v1", "two");
    await set("IMMUTABLE");
    await expect(house.image("team/app", "v1", "three")).rejects.toThrow(
      "The image tag 'v1' already exists in the 'team/app' repository and cannot be overwritten because the tag is immutable.",
    );
    expect(await house.image("team/app", "v1", "two")).toBe(moved);
    await set("IMMUTABLE_WITH_EXCLUSION");
    await house.image("team/app", "v1", "three");
  });
});

describe("who asks", () => {
  test("has to log in with the password of GetAuthorizationToken", async () => {
    const none = await fetch(`${house.server.url}/v2/`);
    expect([none.status, none.headers.get("www-authenticate")]).toEqual([
      401,
      `Basic realm="${house.server.url}/",service="ecr.amazonaws.com"`,
    ]);
    const wrong = await house.call("/v2/", { headers: { authorization: `Basic ${btoa("AWS:nothing")}` } });
    expect(wrong.status).toBe(401);
    expect((await house.call("/v2/")).status).toBe(200);
    house.clock.advance(12 * 3_600_000);
    expect(await errorOf(await house.call("/v2/"))).toEqual([
      403,
      "DENIED",
      "Your authorization token has expired. Reauthenticate and try again.",
    ]);
  });

  test("may do what its rights are, repository by repository", async () => {
    const asked: unknown[] = [];
    await using limited = await startTestRegistry({
      requireRight: ({ operation, input }) => {
        asked.push([operation, input["repositoryName"]]);
        if (operation === "PutImage")
          throw new HttpRefusal({ name: "AccessDeniedException", message: "no", status: 400 });
      },
    });
    await limited.client.send(new CreateRepositoryCommand({ repositoryName: "app" }));
    await expect(limited.image("app", "v1")).rejects.toThrow('{"code":"DENIED","message":"no"}');
    expect(asked).toContainEqual(["InitiateLayerUpload", "app"]);
    expect(asked).toContainEqual(["CompleteLayerUpload", "app"]);
  });
});

test("a repository has to be there before a push", async () => {
  expect(await errorOf(await post("", "nowhere"))).toEqual([
    404,
    "NAME_UNKNOWN",
    "The repository with name 'nowhere' does not exist in the registry with id '000000000000'",
  ]);
  expect((await errorOf(await post("", "NoSuch")))[1]).toBe("NAME_INVALID");
  const removal = await house.call("/v2/team/app/manifests/v1", { method: "DELETE" });
  expect((await errorOf(removal)).slice(0, 2)).toEqual([405, "UNSUPPORTED"]);
});
