import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import type { RunTaskRequest } from "@aws-sdk/client-ecs";
import { describe, expect, test } from "vitest";
import { MemoryLogStore } from "../../log-store/memory-log-store.ts";
import { apiDestinationKey, connectionKey } from "../../model/api-destination.ts";
import type { RuleTarget } from "../../model/event-rule.ts";
import { ManualClock } from "../../platform/clock.ts";
import { MemoryStore } from "../../store/memory-store.ts";
import type { Delivery } from "../delivery.ts";
import { toEcsTask } from "./ecs-task.ts";
import { toHttpEndpoint } from "./http-endpoint.ts";
import { toLogGroup } from "./log-group.ts";

const delivery = (target: Partial<RuleTarget>): Delivery => ({
  event: {
    version: "0",
    id: "1",
    "detail-type": "Thing",
    source: "my.app",
    account: "000000000000",
    time: "2026-01-01T00:00:00Z",
    region: "us-east-1",
    resources: [],
    detail: {},
  },
  rule: { arn: "arn:rule", name: "mine" },
  target: { Id: "t", Arn: "arn", ...target },
  ingestedAt: Date.UTC(2026, 0, 1),
});

describe("log group", () => {
  const group = delivery({ Arn: "arn:aws:logs:us-east-1:000000000000:log-group:/aws/events/x:*" });

  test("each rule has a stream; a transformed input may say time and message itself", async () => {
    const logStore = new MemoryLogStore();
    const deliver = toLogGroup({ logStore, clock: new ManualClock(Date.UTC(2026, 0, 1, 1)) });
    await expect(deliver(group, "{}")).rejects.toThrow(expect.objectContaining({ retriable: false }));
    await logStore.createGroup({ name: "/aws/events/x", createdAt: 0, tags: {} });
    await deliver(group, '{"id":"1"}');
    await deliver(group, '{"timestamp": 1767225600001, "message": {"a": 1}}');
    const { events } = await logStore.read({ group: "/aws/events/x", limit: 10 });
    expect(events.map(({ stream, timestamp, message }) => [stream, timestamp, message])).toEqual([
      ["mine", Date.UTC(2026, 0, 1), '{"id":"1"}'],
      ["mine", Date.UTC(2026, 0, 1) + 1, '{"a":1}'],
    ]);
    await logStore.close();
  });
});

describe("HTTP endpoint", () => {
  interface Seen {
    readonly url: string;
    readonly method: string;
    readonly headers: IncomingHttpHeaders;
    readonly body: string;
  }
  /** An endpoint of this machine that answers as told. */
  async function openEndpoint(answer: { status: number; headers?: Record<string, string> }) {
    const seen: Seen[] = [];
    const http = createServer((request, response) => {
      const chunks: Buffer[] = [];
      const { url = "", method = "", headers } = request;
      request.on("data", (chunk: Buffer) => chunks.push(chunk));
      request.on("end", () => {
        seen.push({ url, method, headers, body: Buffer.concat(chunks).toString() });
        response.writeHead(answer.status, answer.headers).end("answer");
      });
    });
    await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
    const { port } = http.address() as AddressInfo;
    const close = () => {
      http.closeAllConnections();
      return new Promise((resolve) => http.close(resolve));
    };
    return { seen, url: `http://127.0.0.1:${port}`, close };
  }

  const arn = "arn:aws:events:us-east-1:000000000000:api-destination/to/1";
  async function storeWith(invocationEndpoint: string, parameters: object) {
    const store = new MemoryStore();
    const times = { createdAt: 0, modifiedAt: 0 };
    const connectionArn = "arn:aws:events:us-east-1:000000000000:connection/hook/1";
    await store.commit([
      {
        kind: "eventConnection",
        arn: connectionKey("hook"),
        expected: 0,
        value: {
          name: "hook",
          arn: connectionArn,
          authorizationType: "BASIC",
          shownParameters: {},
          sealedParameters: JSON.stringify(parameters),
          authorizedAt: 0,
          ...times,
        },
      },
      {
        kind: "apiDestination",
        arn: apiDestinationKey("to"),
        expected: 0,
        value: {
          name: "to",
          arn,
          connectionArn,
          invocationEndpoint,
          httpMethod: "POST",
          invocationRateLimitPerSecond: 1,
          ...times,
        },
      },
    ]);
    return store;
  }
  const open = (sealed: string) => sealed;

  test("is called with the target's parameters, the connection's, and its authorization", async () => {
    const endpoint = await openEndpoint({ status: 200 });
    const store = await storeWith(`${endpoint.url}/a/*/b?q=1`, {
      BasicAuthParameters: { Username: "me", Password: "pw" },
      InvocationHttpParameters: {
        HeaderParameters: [{ Key: "X-Both", Value: "connection" }],
        QueryStringParameters: [{ Key: "k", Value: "v" }],
        BodyParameters: [{ Key: "extra", Value: "1" }],
      },
    });
    const HttpParameters = { PathParameterValues: ["x/y"], HeaderParameters: { "x-both": "target", "x-own": "o" } };
    await toHttpEndpoint({ store, open })(delivery({ Arn: arn, HttpParameters }), '{"a":1}');
    await endpoint.close();
    expect(endpoint.seen).toMatchObject([
      {
        url: "/a/x%2Fy/b?q=1&k=v",
        method: "POST",
        body: '{"a":1,"extra":"1"}',
        headers: {
          authorization: `Basic ${Buffer.from("me:pw").toString("base64")}`,
          "content-type": "application/json; charset=utf-8",
          "user-agent": "Amazon/EventBridge/ApiDestinations",
          "x-both": "connection",
          "x-own": "o",
        },
      },
    ]);
  });

  test.each([
    [{ status: 500 }, true, undefined],
    [{ status: 429, headers: { "retry-after": "7" } }, true, 7_000],
    [{ status: 404 }, false, undefined],
    [{ status: 302, headers: { location: "/elsewhere" } }, false, undefined],
  ])("%j", async (answer, retriable, retryAfterMs) => {
    const endpoint = await openEndpoint(answer);
    const store = await storeWith(endpoint.url, { ApiKeyAuthParameters: { ApiKeyName: "X-Key", ApiKeyValue: "k" } });
    const call = toHttpEndpoint({ store, open })(delivery({ Arn: arn }), "{}");
    await expect(call).rejects.toThrow(expect.objectContaining({ name: "DeliveryFailure", retriable, retryAfterMs }));
    await endpoint.close();
    expect(endpoint.seen.map(({ headers }) => headers["x-key"])).toEqual(["k"]);
  });

  test("that cannot be reached is tried again; one that is gone is not", async () => {
    const endpoint = await openEndpoint({ status: 200 });
    await endpoint.close();
    const store = await storeWith(endpoint.url, {});
    const deliver = toHttpEndpoint({ store, open });
    await expect(deliver(delivery({ Arn: arn }), "{}")).rejects.toThrow(expect.objectContaining({ retriable: true }));
    const other = arn.replace("/to/1", "/to/2");
    await expect(deliver(delivery({ Arn: other }), "{}")).rejects.toThrow(
      expect.objectContaining({ retriable: false }),
    );
  });
});

describe("ECS tasks", () => {
  const target: Partial<RuleTarget> = {
    Arn: "arn:aws:ecs:us-east-1:000000000000:cluster/default",
    RoleArn: "arn:role",
    EcsParameters: {
      TaskDefinitionArn: "arn:td",
      TaskCount: 12,
      LaunchType: "FARGATE",
      NetworkConfiguration: { awsvpcConfiguration: { Subnets: ["subnet-1"], AssignPublicIp: "ENABLED" } },
      Tags: [{ Key: "a", Value: "b" }],
    },
  };

  test("are run, ten at a time, the same ones however often the event comes", async () => {
    const calls: (readonly [RunTaskRequest, string])[] = [];
    const deliver = toEcsTask(async (request, role) => {
      calls.push([request, role]);
      return { started: request.count ?? 0, failures: [] };
    });
    const overriding = delivery({ ...target, Input: '{"containerOverrides":[{"name":"app","command":["x"]}]}' });
    await deliver(overriding, overriding.target.Input ?? "");
    await deliver(overriding, overriding.target.Input ?? "");
    expect(calls[0]).toEqual([
      {
        cluster: target.Arn,
        taskDefinition: "arn:td",
        count: 10,
        launchType: "FARGATE",
        networkConfiguration: { awsvpcConfiguration: { subnets: ["subnet-1"], assignPublicIp: "ENABLED" } },
        overrides: { containerOverrides: [{ name: "app", command: ["x"] }] },
        startedBy: "events-rule/mine",
        tags: [{ key: "a", value: "b" }],
        clientToken: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
      },
      "arn:role",
    ]);
    expect(calls[1]?.[0].count).toBe(2);
    expect(calls.slice(2)).toEqual(calls.slice(0, 2));
    expect(new Set(calls.map(([{ clientToken }]) => clientToken)).size).toBe(2);
  });

  test("that find no place are tried again; overrides that are none are not", async () => {
    const deliver = toEcsTask(async () => ({ started: 0, failures: ["RESOURCE:CPU arn:instance"] }));
    await expect(deliver(delivery(target), "{}")).rejects.toThrow(
      expect.objectContaining({ retriable: true, message: expect.stringContaining("RESOURCE:CPU") as string }),
    );
    await expect(deliver(delivery({ ...target, Input: "[]" }), "[]")).rejects.toThrow(
      expect.objectContaining({ retriable: false }),
    );
  });

  test("of which only a part finds a place: the next attempt starts the rest, and no task twice", async () => {
    const made = new Map<string, number>();
    let room = 0;
    const deliver = toEcsTask(async ({ clientToken = "", count = 0 }) => {
      const known = made.get(clientToken);
      if (known !== undefined) return { started: known, failures: [] };
      const started = Math.min(count, room);
      room -= started;
      if (started > 0) made.set(clientToken, started);
      return { started, failures: started < count ? ["RESOURCE:CPU arn:instance"] : [] };
    });
    const total = () => made.values().reduce((sum, count) => sum + count, 0);
    for (const [more, then] of [
      [3, 3],
      [0, 3],
      [8, 11],
    ] as const) {
      room += more;
      await expect(deliver(delivery(target), "{}")).rejects.toThrow(expect.objectContaining({ retriable: true }));
      expect(total()).toBe(then);
    }
    room += 5;
    await deliver(delivery(target), "{}");
    await deliver(delivery(target), "{}");
    expect(total()).toBe(12);
  });
});
