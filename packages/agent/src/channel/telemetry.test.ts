import { connectionPair } from "@hatoba/contract";
import { beforeEach, expect, test } from "vitest";
import { ManualClock } from "../platform/clock.ts";
import { silentLogger } from "../platform/logger.ts";
import type { TaskHealth } from "./control-plane.ts";
import { serveTelemetry } from "./telemetry.ts";

const healthOf = (number: number): TaskHealth => ({
  taskArn: `arn:…:task/demo/…${number}`,
  family: "demo-app",
  version: "3",
  containers: [{ containerName: "app", healthStatus: "UNHEALTHY", statusSince: 1795318356704 }],
});

let clock: ManualClock;
let tasks: TaskHealth[];
let changed: () => void;
beforeEach(() => {
  clock = new ManualClock(1795318361729);
  tasks = [healthOf(1)];
});
const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

function connect({ sign = async () => ({ Host: "127.0.0.1:18881", "X-Amz-Date": "20260101T000000Z" }) } = {}) {
  const [server, agent] = connectionPair();
  const texts: string[] = [];
  server.onMessage((text) => texts.push(text));
  let closed: number | undefined;
  server.onClose((code) => {
    closed = code;
  });
  const ended = serveTelemetry(agent, {
    health: {
      health: () => tasks,
      onHealthChange(listener) {
        changed = listener;
        return () => {
          changed = () => {};
        };
      },
    },
    clock,
    logger: silentLogger,
    random: () => 0,
    newId: () => "158412c4",
    cluster: "demo",
    containerInstanceArn: "arn:…",
    signedHeaders: sign,
  });
  const messages = () => texts.map((text) => JSON.parse(text.slice(text.indexOf("\r\n\r\n") + 4)) as HealthMessage);
  return { server, texts, messages, ended, closed: () => closed };
}
interface HealthMessage {
  readonly message: { readonly metadata: { readonly fin: boolean }; readonly tasks: readonly unknown[] };
}

test("health is published as the genuine agent does it, behind signed headers", async () => {
  // Source: agent protocol, section 4.1 and the health example of 4.3.
  const { texts } = connect();
  await turn();
  const [head, body = ""] = texts[0]?.split("\r\n\r\n") ?? [];
  expect(head).toBe("Host: 127.0.0.1:18881\r\nX-Amz-Date: 20260101T000000Z");
  expect(JSON.parse(body)).toEqual({
    type: "PublishHealthRequest",
    message: {
      metadata: { cluster: "demo", containerInstance: "arn:…", fin: true, messageId: "158412c4" },
      tasks: [
        {
          containers: [{ containerName: "app", healthStatus: "UNHEALTHY", statusSince: 1795318356.704 }],
          taskArn: "arn:…:task/demo/…1",
          taskDefinitionFamily: "demo-app",
          taskDefinitionVersion: "3",
        },
      ],
      timestamp: 1795318361.729,
    },
  });
});

test("it is published every twenty seconds and when it changes; nothing if there is nothing", async () => {
  const { texts } = connect();
  await turn();
  clock.advance(20_000);
  changed();
  await turn();
  expect(texts).toHaveLength(3);
  tasks = [];
  clock.advance(20_000);
  await turn();
  expect(texts).toHaveLength(3);
});

test("ten tasks go in a message, and the last one says that it is", async () => {
  tasks = Array.from({ length: 23 }, (_, number) => healthOf(number));
  const { messages } = connect();
  await turn();
  expect(messages().map(({ message }) => [message.tasks.length, message.metadata.fin])).toEqual([
    [10, false],
    [10, false],
    [3, true],
  ]);
});

test("what cannot be signed is not published, and the connection goes on", async () => {
  let refuse = true;
  const sign = async () => {
    if (refuse) throw new Error("no credentials");
    return { Host: "x", "X-Amz-Date": "y" };
  };
  const { texts } = connect({ sign });
  await turn();
  expect(texts).toEqual([]);
  refuse = false;
  clock.advance(20_000);
  await turn();
  expect(texts).toHaveLength(1);
});

test("a minute of silence ends it; an acknowledgement is none", async () => {
  const { server, ended, closed } = connect();
  for (let times = 0; times < 4; times++) {
    clock.advance(40_000);
    server.send('{"type":"AckPublishHealth","message":{"message":"ok"}}');
    await turn();
  }
  expect(closed()).toBeUndefined();
  clock.advance(60_000);
  await ended;
  await turn();
  expect(closed()).toBe(1001);
});
