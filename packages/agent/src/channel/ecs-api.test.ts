import { createServer, type IncomingMessage, type Server } from "node:http";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { ManualClock, systemClock } from "../platform/clock.ts";
import { EcsApi, registerInput, submitInput } from "./ecs-api.ts";
import { JsonApi } from "./json-api.ts";
import { createSigner } from "./signer.ts";

const taskArn = "arn:aws:ecs:us-east-1:123456789012:task/demo/00000000000000000000000000000001";

describe("inputs on the wire", () => {
  test("a registration has the genuine agent's resources", () => {
    // Source: agent protocol, section 2.2, the example body.
    const input = registerInput("demo", {
      clientToken: "ca19a52c-0000-4000-8000-cef334ec3057",
      attributes: [{ name: "ecs.os-type", value: "linux" }],
      cpu: 2048,
      memoryMiB: 24103,
      reservedTcpPorts: [22, 2375],
      reservedUdpPorts: [],
      tags: [{ key: "team", value: "x" }],
    });
    expect(input).toEqual({
      attributes: [{ name: "ecs.os-type", value: "linux" }],
      clientToken: "ca19a52c-0000-4000-8000-cef334ec3057",
      cluster: "demo",
      instanceIdentityDocument: "",
      instanceIdentityDocumentSignature: "",
      tags: [{ key: "team", value: "x" }],
      totalResources: [
        { integerValue: 2048, name: "CPU", type: "INTEGER" },
        { integerValue: 24103, name: "MEMORY", type: "INTEGER" },
        { name: "PORTS", stringSetValue: ["22", "2375"], type: "STRINGSET" },
        { name: "PORTS_UDP", stringSetValue: [], type: "STRINGSET" },
      ],
    });
  });

  test("a state change has its times in seconds, its reason always, and no text over 1,024 characters", () => {
    // Source: agent protocol, section 2.5, the example of a container killed for memory.
    const reason = "OutOfMemoryError: Container killed due to memory usage";
    const container = {
      containerName: "app",
      exitCode: 137,
      reason,
      runtimeId: "7de92e52",
      status: "STOPPED" as const,
    };
    expect(
      submitInput("demo", {
        task: taskArn,
        status: "STOPPED",
        containers: [container],
        executionStoppedAt: 1795318505035,
      }),
    ).toEqual({
      cluster: "demo",
      containers: [container],
      executionStoppedAt: 1795318505.035,
      reason: "",
      status: "STOPPED",
      task: taskArn,
    });
    const long = submitInput("demo", { task: taskArn, status: "STOPPED", reason: "x".repeat(5000) }) as {
      reason: string;
    };
    expect(long.reason).toHaveLength(1024);
  });
});

describe("calls", () => {
  let server: Server;
  let endpoint: string;
  let answers: { readonly status: number; readonly body: string }[];
  const requests: { readonly headers: IncomingMessage["headers"]; readonly body: string }[] = [];

  beforeEach(async () => {
    requests.length = 0;
    answers = [];
    server = createServer((request, response) => {
      let body = "";
      request.on("data", (chunk: Buffer) => {
        body += chunk.toString();
      });
      request.on("end", () => {
        requests.push({ headers: request.headers, body });
        const { status, body: answer } = answers.shift() ?? { status: 200, body: "{}" };
        response.writeHead(status).end(answer);
      });
    });
    const { promise, resolve } = Promise.withResolvers<void>();
    server.listen(0, "127.0.0.1", resolve);
    await promise;
    endpoint = `http://127.0.0.1:${(server.address() as { port: number }).port}`;
  });
  afterEach(() => {
    server.closeAllConnections();
    server.close();
  });

  const apiWith = (clock = systemClock) => {
    const signer = createSigner({ accessKeyId: "AKID", secretAccessKey: "secret" }, "us-east-1");
    return new EcsApi({ api: new JsonApi({ endpoint, signer, userAgent: "test" }), clock, cluster: "" });
  };

  test("are signed for ecs and name their operation", async () => {
    await apiWith().createCluster("default");
    expect(requests[0]?.headers).toMatchObject({
      "x-amz-target": "AmazonEC2ContainerServiceV20141113.CreateCluster",
      "content-type": "application/x-amz-json-1.1",
      authorization: expect.stringMatching(
        /^AWS4-HMAC-SHA256 Credential=AKID\/\d{8}\/us-east-1\/ecs\/aws4_request, SignedHeaders=/,
      ),
    });
    expect(JSON.parse(requests[0]?.body ?? "")).toEqual({ clusterName: "default" });
  });

  test("an error has its code, without the namespace", async () => {
    answers.push({
      status: 400,
      body: '{"__type":"com.amazonaws.ecs#ClusterNotFoundException","message":"Cluster not found."}',
    });
    await expect(apiWith().discoverPollEndpoint("arn")).rejects.toMatchObject({
      name: "ClusterNotFoundException",
      message: "Cluster not found.",
      statusCode: 400,
    });
  });

  test("a state change is submitted again after a failure that may pass, not after a refusal", async () => {
    const clock = new ManualClock();
    answers.push(
      { status: 500, body: '{"__type":"ServerException"}' },
      { status: 400, body: '{"__type":"ThrottlingException"}' },
      { status: 408, body: "" }, // the connection waited too long to be accepted
    );
    const submitted = apiWith(clock).submitTaskStateChange({ task: taskArn, status: "RUNNING" });
    const moving = setInterval(() => clock.advance(1_000), 5);
    await submitted;
    clearInterval(moving);
    expect(requests).toHaveLength(4);
    answers.push({ status: 400, body: '{"__type":"InvalidParameterException","message":"no"}' });
    await expect(apiWith(clock).submitTaskStateChange({ task: taskArn, status: "RUNNING" })).rejects.toMatchObject({
      name: "InvalidParameterException",
    });
    expect(requests).toHaveLength(5);
  });

  test("nobody there is a NetworkError, and an abort ends the trying", async () => {
    server.closeAllConnections();
    server.close();
    await expect(apiWith().createCluster("x")).rejects.toMatchObject({ name: "NetworkError", statusCode: 0 });
    const ending = new AbortController();
    const submitted = apiWith(new ManualClock()).submitTaskStateChange(
      { task: taskArn, status: "RUNNING" },
      ending.signal,
    );
    setImmediate(() => ending.abort());
    await expect(submitted).rejects.toThrow();
  });
});
