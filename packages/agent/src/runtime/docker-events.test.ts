import type { ServerResponse } from "node:http";
import { expect, test } from "vitest";
import { DockerRuntime } from "./docker-runtime.ts";
import { FakeEngine } from "./engine.fixture.ts";

const event = (action: string, id: string) =>
  `${JSON.stringify({ Type: "container", Action: action, Actor: { ID: id } })}\n`;

test("events are of our containers; a cut connection is made anew and says so; a lost engine ends them", async () => {
  await using engine = await FakeEngine.start();
  const open: ServerResponse[] = [];
  engine.answer = (_request, response) => {
    response.flushHeaders();
    open.push(response);
  };
  const runtime = new DockerRuntime({ engine: engine.client, eventLabel: "mine" });
  const events = runtime.events(new AbortController().signal);
  const next = async () => (await events.next()).value as unknown;

  expect(await next()).toEqual({ kind: "reset" });
  expect(engine.asked[0]).toContain('"label":["mine"]');
  open[0]?.write(event("start", "a").slice(0, 20));
  open[0]?.write(event("start", "a").slice(20) + event("health_status: healthy", "b"));
  expect(await next()).toEqual({ kind: "container", id: "a" });
  expect(await next()).toEqual({ kind: "container", id: "b" });

  const again = next();
  open[0]?.write(event("die", "c").slice(0, 10)); // cut in the middle of a line
  open[0]?.destroy();
  expect(await again).toEqual({ kind: "reset" });

  const lost = events.next();
  await engine.stop();
  await expect(lost).rejects.toMatchObject({ name: "CannotListContainersError", retriable: true });
  await engine.listen();
});

test("whoever has heard enough ends them without an error", async () => {
  await using engine = await FakeEngine.start();
  engine.answer = (_request, response) => response.flushHeaders();
  const enough = new AbortController();
  const events = new DockerRuntime({ engine: engine.client }).events(enough.signal);
  await events.next();
  const end = events.next();
  enough.abort();
  expect(await end).toEqual({ done: true, value: undefined });
});

test("the word on a lack of memory may come as an event alone", async () => {
  await using engine = await FakeEngine.start();
  engine.answer = (request, response) => {
    if (request.url?.startsWith("/events")) {
      response.write(event("oom", "a"));
      return;
    }
    const State = { Status: "exited", ExitCode: 137, OOMKilled: false };
    response.end(JSON.stringify({ Id: "a", Name: "/a", Config: {}, State }));
  };
  const runtime = new DockerRuntime({ engine: engine.client });
  const events = runtime.events(new AbortController().signal);
  await events.next();
  expect((await events.next()).value).toEqual({ kind: "container", id: "a" });
  expect(await runtime.inspect("a")).toMatchObject({ exitCode: 137, outOfMemory: true });
  await events.return(undefined);
});
