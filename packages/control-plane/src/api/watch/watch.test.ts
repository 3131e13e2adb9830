import { createHash, createHmac } from "node:crypto";
import { once } from "node:events";
import { type ClientRequest, get } from "node:http";
import { SignatureV4 } from "@smithy/signature-v4";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import {
  exampleActivation,
  exampleCluster,
  exampleClusterArn,
  exampleRunningTask,
  exampleTaskArn,
} from "../../model/examples.ts";
import { ManualClock, systemClock } from "../../platform/clock.ts";
import { silentLogger } from "../../platform/logger.ts";
import { defaultSettings } from "../../settings.ts";
import { MemoryStore } from "../../store/memory-store.ts";
import { startTestServer } from "../http/server.fixture.ts";
import type { RunningServer } from "../http/server.ts";
import { sigV4Authenticator } from "../http/sigv4-authenticator.ts";
import { RoleRights } from "../rights/role-rights.ts";
import { attachWatch } from "./attach.ts";
import { requireWatchRight } from "./require-right.ts";
import { WatchStream, watchLimits } from "./watch-stream.ts";

interface Event {
  readonly id?: string;
  readonly event: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** Reads server-sent events off a socket, one by one. */
class Reader {
  private readonly request: ClientRequest;
  private readonly events: AsyncIterator<Event>;

  constructor(url: string, headers: Readonly<Record<string, string>> = {}) {
    this.request = get(url, { headers, agent: false });
    this.request.on("error", () => undefined);
    this.events = this.read();
  }

  private async *read(): AsyncGenerator<Event> {
    const [response] = (await once(this.request, "response")) as [AsyncIterable<Buffer>];
    let rest = "";
    for await (const chunk of response) {
      const parts = (rest + chunk.toString()).split("\n\n");
      rest = parts.pop() ?? "";
      for (const part of parts) {
        const fields = Object.fromEntries(part.split("\n").map((line) => /^(\w+): (.*)$/.exec(line)?.slice(1) ?? []));
        yield { ...fields, data: JSON.parse(String(fields.data)) as Event["data"] } as Event;
      }
    }
  }

  async next(): Promise<Event> {
    const { value, done } = await this.events.next();
    if (done) return { event: "closed", data: {} };
    return value as Event;
  }

  async until(event: string): Promise<readonly Event[]> {
    const found: Event[] = [];
    do found.push(await this.next());
    while (found.at(-1)?.event !== event);
    return found;
  }

  close(): void {
    this.request.destroy();
  }
}

let server: RunningServer & { readonly store: MemoryStore };
let clock: ManualClock;
const readers: Reader[] = [];
const watch = (query = "", headers: Readonly<Record<string, string>> = {}) => {
  const reader = new Reader(`${server.url}/watch${query}`, headers);
  readers.push(reader);
  return reader;
};
beforeEach(async () => {
  server = await startTestServer();
  clock = new ManualClock();
  attachWatch(server, { store: server.store, clock, logger: silentLogger });
});
afterEach(async () => {
  for (const reader of readers.splice(0)) reader.close();
  await server.close();
});

const putCluster = async (overrides = {}) => {
  const expected = server.store.snapshot().get("cluster", exampleClusterArn)?.revision ?? 0;
  return server.store.commit([{ kind: "cluster", arn: exampleClusterArn, expected, value: exampleCluster(overrides) }]);
};
const putTask = (number: number) =>
  server.store.commit([{ kind: "task", arn: exampleTaskArn(number), expected: 0, value: exampleRunningTask() }]);

test("what there is, then what changes", async () => {
  await putCluster();
  const reader = watch();
  expect((await reader.until("ready")).map(({ event, id, data }) => [event, id, data.arn])).toEqual([
    ["snapshot", undefined, undefined],
    ["resource", undefined, exampleClusterArn],
    ["ready", "1", undefined],
  ]);
  await putCluster({ status: "INACTIVE" });
  expect(await reader.next()).toMatchObject({
    id: "1",
    event: "change",
    data: { kind: "cluster", arn: exampleClusterArn, revision: 2, value: { status: "INACTIVE" } },
  });
  await server.store.commit([{ kind: "cluster", arn: exampleClusterArn, expected: 2, value: null }]);
  expect(await reader.next()).toMatchObject({ id: "2", data: { revision: 3, value: null } });
});

test("only the kinds that are asked for, and never those with secrets", async () => {
  await server.store.commit([{ kind: "activation", arn: "a", expected: 0, value: exampleActivation() }]);
  await putCluster();
  await putTask(1);
  const all = await watch().until("ready");
  expect(all.map(({ data }) => data.kind)).toEqual([undefined, "cluster", "task", undefined]);
  const reader = watch("?kinds=task");
  expect((await reader.until("ready")).map(({ data }) => data.kind)).toEqual([undefined, "task", undefined]);
  await putCluster({ status: "INACTIVE" });
  await putTask(2);
  expect(await reader.next()).toMatchObject({ id: "4", data: { kind: "task", revision: 5 } });
});

test("from a revision on, or from the id of the last event", async () => {
  await putCluster();
  await putTask(1);
  const since = watch("?since=1");
  expect(await since.next()).toMatchObject({ event: "ready", data: { revision: 1 } });
  expect(await since.next()).toMatchObject({ event: "change", data: { arn: exampleTaskArn(1) } });
  const again = watch("?since=0", { "last-event-id": "2" });
  expect(await again.next()).toMatchObject({ event: "ready", data: { revision: 2 } });
});

test("a revision that is not known any more, or not yet, begins again with all there is", async () => {
  await putCluster();
  expect(await watch("?since=999").next()).toMatchObject({ event: "snapshot", data: { revision: 1 } });
});

test("changes of one revision come again rather than not at all", async () => {
  const reader = watch("?since=0");
  await reader.until("ready");
  await server.store.commit(
    [1, 2].map((number) => ({
      kind: "task" as const,
      arn: exampleTaskArn(number),
      expected: 0,
      value: exampleRunningTask(),
    })),
  );
  const [first, second] = [await reader.next(), await reader.next()];
  expect([first.id, second.id]).toEqual(["0", "0"]);
  const again = watch("", { "last-event-id": second.id ?? "" });
  await again.until("ready");
  expect([(await again.next()).data.arn, (await again.next()).data.arn]).toEqual([first.data.arn, second.data.arn]);
});

test("a heartbeat says how far everything is sent", async () => {
  const reader = watch("?kinds=task");
  await reader.until("ready");
  await putCluster();
  await new Promise((resolve) => setImmediate(resolve));
  clock.advance(watchLimits.heartbeatMs);
  expect(await reader.next()).toMatchObject({ id: "1", event: "heartbeat", data: { revision: 1 } });
});

test("when the store closes, the stream says so and ends", async () => {
  const reader = watch();
  await reader.until("ready");
  await server.store.close();
  expect(await reader.next()).toMatchObject({ event: "end", data: { reason: "The control plane stops." } });
  expect(await reader.next()).toMatchObject({ event: "closed" });
});

test.each([
  ["?kinds=task,secret", "There is nothing to watch by the kind 'secret'"],
  ["?kinds=activation", "There is nothing to watch by the kind 'activation'"],
  ["?since=-1", "'-1' is no revision."],
])("%s is refused", async (query, message) => {
  const answer = await fetch(`${server.url}/watch${query}`);
  expect([answer.status, await answer.text()]).toEqual([400, expect.stringContaining(message)]);
});

test("pages of elsewhere do not read it", async () => {
  const answer = await fetch(`${server.url}/watch`, { headers: { origin: "https://elsewhere.test" } });
  expect(answer.status).toBeGreaterThanOrEqual(400);
  await answer.body?.cancel();
});

describe("a reader that is too slow", () => {
  test("is cut, with the reason", async () => {
    const [store, hands] = [new MemoryStore(), new ManualClock()];
    await store.commit([{ kind: "cluster", arn: exampleClusterArn, expected: 0, value: exampleCluster() }]);
    const written: string[] = [];
    const sink = {
      write: (text: string) => {
        written.push(text);
        return false;
      },
      drained: () => new Promise<void>(() => undefined),
      end: () => void written.push("ended"),
    };
    const stream = new WatchStream({ store, clock: hands, sink }, { kinds: new Set(["cluster"]) });
    const ended = stream.run(new AbortController().signal);
    await new Promise((resolve) => setImmediate(resolve));
    expect(written).toHaveLength(1); // nothing more is written until it is read
    hands.advance(watchLimits.stuckMs);
    await ended;
    expect(written.slice(1)).toEqual([expect.stringContaining("The reader takes nothing."), "ended"]);
  });
});

describe("a house that asks for signatures", () => {
  const credentials = { accessKeyId: "AKIAIOSFODNN7EXAMPLE", secretAccessKey: "secret" };
  class Sha256 {
    private readonly hash;
    constructor(key?: Uint8Array) {
      this.hash = key === undefined ? createHash("sha256") : createHmac("sha256", key);
    }
    update(data: Uint8Array | string): void {
      this.hash.update(data);
    }
    async digest(): Promise<Uint8Array> {
      return this.hash.digest();
    }
    reset(): void {}
  }
  const signer = new SignatureV4({ credentials, region: "us-east-1", service: "ecs", sha256: Sha256 as never });

  /** Opened for a caller; undefined for the account's root. */
  async function openHouse(roleArn?: string) {
    const { accountId, region } = defaultSettings;
    const store = new MemoryStore();
    const rights = new RoleRights({ store, clock: systemClock });
    const session = roleArn && { roleSession: { roleArn, sessionName: "s", expiresAt: systemClock.now() + 60_000 } };
    const caller = { accountId, region, arn: "arn:me", userId: "0", ...credentials, ...session };
    const lookupKey = (id: string) =>
      id === credentials.accessKeyId ? { secretAccessKey: credentials.secretAccessKey, caller } : undefined;
    const house = await startTestServer({
      open: false,
      authenticate: sigV4Authenticator({ keys: { lookupKey }, clock: systemClock, settings: defaultSettings }),
      requireStreamRight: (by) => requireWatchRight(by, rights),
    });
    attachWatch(house, { store, clock: systemClock, logger: silentLogger });
    return house;
  }
  const presigned = async (url: string) => {
    const { host, hostname } = new URL(url);
    const request = {
      method: "GET",
      protocol: "http:",
      hostname,
      path: "/watch",
      query: { kinds: "task" },
      headers: { host },
    };
    const { query } = await signer.presign(request, { expiresIn: 60 });
    return `${url}/watch?${new URLSearchParams(query as Record<string, string>).toString()}`;
  };

  test("takes a presigned address, and none that is not signed", async () => {
    const house = await openHouse();
    const reader = new Reader(await presigned(house.url));
    expect((await reader.until("ready")).map(({ event }) => event)).toEqual(["snapshot", "ready"]);
    reader.close();
    const answer = await fetch(`${house.url}/watch`);
    expect([answer.status, await answer.text()]).toEqual([expect.any(Number), expect.stringContaining("Exception")]);
    expect(answer.status).toBeGreaterThanOrEqual(400);
    await house.close();
  });

  test("asks what a role may do", async () => {
    const house = await openHouse("arn:aws:iam::000000000000:role/none");
    const answer = await fetch(await presigned(house.url));
    expect(await answer.text()).toContain("hatoba:Watch");
    expect(answer.status).toBe(400);
    await house.close();
  });
});
