import { connect, type Socket } from "node:net";
import {
  ClusterNotFoundException,
  DescribeServicesCommand,
  DescribeTaskDefinitionCommand,
  ECSClient,
  ECSServiceException,
  ListClustersCommand,
  ListTasksCommand,
  RunTaskCommand,
  StopTaskCommand,
} from "@aws-sdk/client-ecs";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { systemClock } from "../../platform/clock.ts";
import { defaultSettings } from "../../settings.ts";
import { operations } from "../ecs/operations.ts";
import type { AccessKeys } from "./access-keys.ts";
import { clientOptions, startTestServer } from "./server.fixture.ts";
import type { RunningServer } from "./server.ts";
import { sigV4Authenticator } from "./sigv4-authenticator.ts";

/** Members that many operations have. */
const memberNames =
  "cluster clusters clusterName task tasks taskDefinition family containerDefinitions name image memory cpu service services serviceName desiredCount count include status tags key value launchType networkConfiguration awsvpcConfiguration subnets containerInstance containerInstances attributes resourceArn settings overrides containerOverrides group startedBy nextToken maxResults filter totalResources deploymentConfiguration maximumPercent volumes portMappings placementConstraints expression type networkMode requiresCompatibilities force reason";

// What comes in wrong: each gets a clear error, and the next request is answered as if nothing had been.
let server: RunningServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());

async function post(operation: string, body: string | Uint8Array, headers: Record<string, string> = {}) {
  const response = await fetch(server.url, {
    method: "POST",
    body,
    headers: {
      "content-type": "application/x-amz-json-1.1",
      "x-amz-target": `AmazonEC2ContainerServiceV20141113.${operation}`,
      ...headers,
    },
  });
  const text = await response.text();
  return {
    status: response.status,
    requestId: response.headers.get("x-amzn-requestid"),
    ...(JSON.parse(text) as { __type?: string; message?: string }),
  };
}

describe("a request that cannot be read", () => {
  test.each<[string, string, string | Uint8Array, number, string, RegExp]>([
    ["no JSON", "ListClusters", "{", 400, "SerializationException", /not valid JSON/],
    ["not an object", "ListClusters", "[]", 400, "SerializationException", /JSON object/],
    ["not UTF-8", "ListClusters", new Uint8Array([0x7b, 0xff, 0x7d]), 400, "SerializationException", /not valid JSON/],
    ["a text for a number", "RunTask", '{"taskDefinition":"x","count":"two"}', 400, "SerializationException", /count/],
    ["a number for a text", "DescribeServices", '{"services":[1]}', 400, "SerializationException", /services/],
    [
      "a list for an object",
      "RunTask",
      '{"taskDefinition":"x","overrides":[]}',
      400,
      "SerializationException",
      /overrides/,
    ],
    [
      "a fraction for a whole number",
      "RunTask",
      '{"taskDefinition":"x","count":1.5}',
      400,
      "SerializationException",
      /count/,
    ],
    ["a missing member", "RunTask", "{}", 400, "InvalidParameterException", /taskDefinition can not be blank/],
    [
      "a missing member inside",
      "RegisterTaskDefinition",
      '{"family":"x"}',
      400,
      "ClientException",
      /containerDefinitions can not be blank/,
    ],
    [
      "an unknown enum value",
      "RunTask",
      '{"taskDefinition":"x","launchType":"MOON"}',
      400,
      "InvalidParameterException",
      /launch type should be one of \[EC2,FARGATE,EXTERNAL/,
    ],
    ["an unknown operation", "MakeCoffee", "{}", 400, "UnknownOperationException", /MakeCoffee/],
    [
      "an operation that is not built",
      "CreateExpressGatewayService",
      '{"name":"x"}',
      400,
      "UnsupportedFeatureException",
      /docs\/compatibility\.md/,
    ],
    [
      "a body over 1 MiB",
      "ListClusters",
      "x".repeat(1024 * 1024 + 1),
      413,
      "RequestEntityTooLargeException",
      /larger than 1048576 bytes/,
    ],
  ])("%s", async (_what, operation, body, status, type, message) => {
    const answer = await post(operation, body);
    expect(answer).toMatchObject({ status, __type: type, message: expect.stringMatching(message) });
    expect(answer.requestId).toMatch(/^[0-9a-f-]{36}$/);
    expect(await post("ListClusters", "{}")).toMatchObject({ status: 200, clusterArns: [] });
  });

  test("an unknown target, an unknown path, no AWS request at all", async () => {
    expect(await post("X", "{}", { "x-amz-target": "Nonsense.X" })).toMatchObject({
      status: 400,
      __type: "UnknownOperationException",
    });
    expect((await fetch(`${server.url}/nothing/here`)).status).toBe(404);
    expect((await fetch(server.url, { method: "POST", body: "hello" })).status).toBe(404);
  });

  test("a body in gzip is read, a bomb is not", async () => {
    const { gzipSync } = await import("node:zlib");
    expect(await post("ListClusters", gzipSync("{}"), { "content-encoding": "gzip" })).toMatchObject({ status: 200 });
    const bomb = gzipSync(Buffer.alloc(64 * 1024 * 1024));
    expect(await post("ListClusters", bomb, { "content-encoding": "gzip" })).toMatchObject({ status: 413 });
    expect(await post("ListClusters", "x", { "content-encoding": "gzip" })).toMatchObject({
      __type: "SerializationException",
    });
    expect(await post("ListClusters", "x", { "content-encoding": "br" })).toMatchObject({ status: 415 });
  });

  test("what the client sends as __type does not get into the input", async () => {
    expect(await post("ListClusters", '{"__type":"x","constructor":1,"__proto__":{"nextToken":5}}')).toMatchObject({
      status: 200,
    });
  });
});

test("no operation answers any JSON with a fault of ours", async () => {
  const names = Object.keys(operations);
  const word = fc.constantFrom(
    "default",
    "web",
    "x".repeat(300),
    "arn:aws:ecs:us-east-1:000000000000:task/default/1",
    "",
    "\u0000",
  );
  const leaf = fc.oneof(word, fc.integer(), fc.double(), fc.boolean(), fc.constant(null));
  const members = [...new Set(memberNames.split(" "))];
  const value = fc.letrec<{ any: unknown }>((tie) => ({
    any: fc.oneof(
      { maxDepth: 3 },
      leaf,
      fc.array(tie("any"), { maxLength: 3 }),
      fc.dictionary(fc.constantFrom(...members), tie("any"), { maxKeys: 4 }),
    ),
  })).any;
  const input = fc.dictionary(fc.constantFrom(...members), value, { maxKeys: 5 });
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...names), input, async (operation, body) => {
      expect((await post(operation, JSON.stringify(body))).status).toBeLessThan(500);
    }),
    { numRuns: 400 },
  );
});

describe("names of what is not there", () => {
  const send = (call: (client: ECSClient) => Promise<unknown>) =>
    call(new ECSClient(clientOptions(server))).catch((error: unknown) => error);

  test("are the SDK's typed exceptions", async () => {
    const cluster = await send((client) =>
      client.send(new DescribeServicesCommand({ cluster: "nowhere", services: ["x"] })),
    );
    expect(cluster).toBeInstanceOf(ClusterNotFoundException);
    const calls: [Promise<unknown>, string][] = [
      [send((client) => client.send(new ListTasksCommand({ cluster: "nowhere" }))), "ClusterNotFoundException"],
      [
        send((client) => client.send(new DescribeTaskDefinitionCommand({ taskDefinition: "nothing" }))),
        "ClientException",
      ],
      [
        send((client) => client.send(new RunTaskCommand({ taskDefinition: "nothing", cluster: "nowhere" }))),
        "ClusterNotFoundException",
      ],
      [
        send((client) => client.send(new StopTaskCommand({ task: "0".repeat(32), cluster: "nowhere" }))),
        "ClusterNotFoundException",
      ],
    ];
    for (const [answer, name] of calls) {
      const error = await answer;
      expect(error).toBeInstanceOf(ECSServiceException);
      expect((error as Error).name).toBe(name);
    }
  });
});

describe("signatures", () => {
  const secretAccessKey = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
  const accessKeyId = "AKIAIOSFODNN7EXAMPLE";
  const keys: AccessKeys = {
    lookupKey: (id) =>
      id === accessKeyId
        ? {
            secretAccessKey,
            caller: { ...defaultSettings, arn: "arn:aws:iam::000000000000:root", userId: "0", accessKeyId },
          }
        : undefined,
  };
  let closed: RunningServer;
  beforeAll(async () => {
    const authenticate = sigV4Authenticator({ keys, clock: systemClock, settings: defaultSettings });
    closed = await startTestServer({ open: false, authenticate });
  });
  afterAll(() => closed.close());

  const call = (credentials: { accessKeyId: string; secretAccessKey: string; sessionToken?: string }, more = {}) =>
    new ECSClient({ ...clientOptions(closed), credentials, ...more }).send(new ListClustersCommand({})).then(
      () => "answered",
      (error: Error) => `${error.name}: ${error.message}`,
    );

  test("a good one is answered", async () => {
    expect(await call({ accessKeyId, secretAccessKey })).toBe("answered");
  });

  test.each<[string, Parameters<typeof call>, RegExp]>([
    [
      "a wrong secret",
      [{ accessKeyId, secretAccessKey: "wrong" }],
      /^InvalidSignatureException: The request signature we calculated does not match/,
    ],
    [
      "an unknown key",
      [{ accessKeyId: "AKIANOBODY", secretAccessKey }],
      /^UnrecognizedClientException: The security token included in the request is invalid/,
    ],
    [
      "a token that goes with no key",
      [{ accessKeyId, secretAccessKey, sessionToken: "t" }],
      /^UnrecognizedClientException/,
    ],
    [
      "a clock that is wrong",
      [{ accessKeyId, secretAccessKey }, { systemClockOffset: -3_600_000 }],
      /^InvalidSignatureException: Signature expired/,
    ],
    [
      "a clock that runs ahead",
      [{ accessKeyId, secretAccessKey }, { systemClockOffset: 3_600_000 }],
      /^InvalidSignatureException: Signature not yet current/,
    ],
    [
      "another region",
      [{ accessKeyId, secretAccessKey }, { region: "eu-west-1" }],
      /^InvalidSignatureException: Credential should be scoped to a valid region/,
    ],
  ])("%s is refused as AWS refuses it", async (_what, [credentials, more], message) => {
    expect(await call(credentials, more)).toMatch(message);
  });

  test("none at all", async () => {
    const response = await fetch(closed.url, {
      method: "POST",
      body: "{}",
      headers: {
        "x-amz-target": "AmazonEC2ContainerServiceV20141113.ListClusters",
        "content-type": "application/x-amz-json-1.1",
      },
    });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ __type: "MissingAuthenticationTokenException" });
  });

  test("an open server does not start beyond loopback, and does not answer web pages", async () => {
    await expect(startTestServer({ listen: { host: "0.0.0.0", port: 0 } })).rejects.toThrow(
      "only listens on a loopback address",
    );
    expect(await post("ListClusters", "{}", { origin: "https://example.com" })).toMatchObject({
      status: 403,
      __type: "AccessDeniedException",
    });
  });
});

describe("a connection that is no use", () => {
  const timeouts = { headers: 150, request: 300, silence: 300, keepAlive: 300, checkEvery: 50 };

  /** Opens a raw connection, writes, and waits until the other side has closed it. @returns what it said */
  async function until(closing: RunningServer, write: (socket: Socket) => void): Promise<string> {
    const socket = connect(Number(new URL(closing.url).port), "127.0.0.1");
    const { promise, resolve } = Promise.withResolvers<void>();
    let said = "";
    socket.on("data", (chunk) => {
      said += chunk.toString();
    });
    socket.once("close", () => resolve()).once("error", () => resolve());
    socket.once("connect", () => write(socket));
    await promise;
    return said;
  }

  test.each<[string, string]>([
    ["says nothing", ""],
    ["stops within its headers", "POST / HTTP/1.1\r\nHost: x\r\n"],
    ["stops within its body", "POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 100\r\n\r\n{"],
    ["is no HTTP", "\x16\x03\x01\x00\xa5\x01\x00\x00"],
  ])("that %s is closed, and others are answered meanwhile", async (_what, text) => {
    const impatient = await startTestServer({ timeouts });
    const closed = until(impatient, (socket) => socket.write(text));
    const client = new ECSClient(clientOptions(impatient));
    await expect(client.send(new ListClustersCommand({}))).resolves.toMatchObject({ clusterArns: [] });
    await closed;
    await impatient.close();
  });

  test("an upgrade to nowhere is refused", async () => {
    const said = await until(server, (socket) => {
      socket.write("GET /nowhere HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n");
    });
    expect(said).toMatch(/^HTTP\/1\.1 404/);
  });
});
