import { describe, expect, test } from "vitest";
import { engineAddress } from "./docker-address.ts";
import { EngineError, EngineTimeout, EngineUnreachable } from "./docker-engine.ts";
import { failureOf } from "./docker-errors.ts";
import { FakeEngine } from "./engine.fixture.ts";

describe("DockerEngine", () => {
  test("sends JSON and reads JSON, and passes on what the engine says against it", async () => {
    await using engine = await FakeEngine.start();
    engine.answer = (request, response, body) =>
      request.method === "POST"
        ? response.writeHead(201).end(body)
        : response.writeHead(409).end(JSON.stringify({ message: "Conflict. The name is in use. \n" }));
    const query = { name: "a b", absent: undefined, all: true };
    expect(await engine.client.call("POST", "/containers/create", { query, body: { Image: "x" } })).toEqual({
      Image: "x",
    });
    expect(engine.asked).toEqual(["POST /containers/create?name=a+b&all=true"]);
    await expect(engine.client.call("GET", "/x")).rejects.toEqual(
      new EngineError(409, "Conflict. The name is in use."),
    );
  });

  test("keeps its connection, and gets over one that the engine has closed", async () => {
    await using engine = await FakeEngine.start();
    const connections = new Set<unknown>();
    engine.answer = (request, response) => {
      connections.add(request.socket);
      response.end("{}");
    };
    for (let at = 0; at < 3; at++) await engine.client.call("GET", "/version");
    expect(connections.size).toBe(1);
    await engine.stop();
    await engine.listen();
    await engine.client.call("GET", "/version");
    expect(connections.size).toBe(2);
  });

  test("tells an engine that is not there from one that is slow, and from a caller that gives up", async () => {
    await using engine = await FakeEngine.start();
    engine.answer = () => undefined;
    await expect(engine.client.call("GET", "/slow", { timeoutMs: 20 })).rejects.toBeInstanceOf(EngineTimeout);
    const given = new AbortController();
    const calling = engine.client.call("GET", "/slow", { signal: given.signal });
    given.abort(new Error("enough"));
    await expect(calling).rejects.toThrow("enough");
    const cut = engine.client.call("GET", "/slow");
    await engine.stop();
    await expect(cut).rejects.toBeInstanceOf(EngineUnreachable);
    await expect(engine.client.call("GET", "/gone")).rejects.toThrow(
      /^Cannot connect to the Docker daemon at unix:.*Is the docker daemon running\?/,
    );
    await engine.listen();
  });
});

describe("engineAddress", () => {
  test.each([
    [undefined, { socketPath: "/var/run/docker.sock" }, true],
    ["unix:///run/user/1000/podman/podman.sock", { socketPath: "/run/user/1000/podman/podman.sock" }, true],
    ["tcp://127.0.0.1:2375", { host: "127.0.0.1", port: 2375 }, true],
    ["tcp://engine.example", { host: "engine.example", port: 2375 }, false],
    ["tcp://[::1]:99", { host: "::1", port: 99 }, true],
  ])("%s", (dockerHost, connect, local) => {
    expect(engineAddress(dockerHost, {})).toMatchObject({ connect, local });
    expect(engineAddress(dockerHost, {})).not.toHaveProperty("tls");
  });

  test("TLS where it is asked for", () => {
    const environment = { DOCKER_TLS_VERIFY: "1", DOCKER_CERT_PATH: "/certs" };
    expect(engineAddress("tcp://engine.example", environment)).toMatchObject({
      connect: { port: 2376 },
      tls: { certificates: "/certs" },
    });
  });

  test("says what it does not understand", () => {
    expect(() => engineAddress("ssh://somebody@engine", {})).toThrow(/understood are unix:\/\/PATH/);
  });
});

describe("failureOf", () => {
  test.each([
    [
      "create",
      new EngineError(404, "No such image: x"),
      "CannotCreateContainerError: Error response from daemon: No such image: x",
      false,
    ],
    ["start", new EngineUnreachable("Cannot connect"), "CannotStartContainerError: Cannot connect", true],
    [
      "create",
      new EngineTimeout(240_000),
      "DockerTimeoutError: Could not transition to created; timed out after waiting 4m0s",
      true,
    ],
    [
      "pull",
      new EngineError(500, "toomanyrequests: rate"),
      "CannotPullContainerError: Error response from daemon: toomanyrequests: rate",
      true,
    ],
    [
      "pull",
      new EngineError(404, "manifest unknown"),
      "CannotPullContainerError: Error response from daemon: manifest unknown",
      false,
    ],
    [
      "removeVolume",
      new EngineError(409, "volume is in use"),
      "CannotRemoveVolumeError: Error response from daemon: volume is in use",
      true,
    ],
  ] as const)("%s: %s", (action, error, reason, retriable) => {
    expect(failureOf(action, error)).toMatchObject({ reason, retriable });
  });

  test("passes on what is no word of the engine", () => {
    const error = new TypeError("ours");
    expect(failureOf("create", error)).toBe(error);
  });
});
