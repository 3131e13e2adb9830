import { describe, expect, test } from "vitest";
import { type InspectAnswer, observationOf } from "./docker-observation.ts";

const running: InspectAnswer = {
  Id: "abc",
  Name: "/ecs-web-1",
  Config: { Labels: { a: "b" } },
  State: {
    Status: "running",
    ExitCode: 0,
    StartedAt: "2026-01-01T00:00:01.5Z",
    FinishedAt: "0001-01-01T00:00:00Z",
  },
  NetworkSettings: {
    Ports: {
      "80/tcp": [
        { HostIp: "0.0.0.0", HostPort: "32768" },
        { HostIp: "::", HostPort: "32768" },
      ],
      "81/tcp": null,
      "9/sctp": [{ HostIp: "", HostPort: "9" }],
    },
    Networks: { bridge: { IPAddress: "172.17.0.2" } },
  },
};
const withState = (state: Partial<InspectAnswer["State"]>) => ({ ...running, State: { ...running.State, ...state } });

describe("observationOf", () => {
  test("a container that runs", () => {
    expect(observationOf(running)).toEqual({
      id: "abc",
      name: "ecs-web-1",
      labels: { a: "b" },
      status: "RUNNING",
      startedAt: Date.UTC(2026, 0, 1, 0, 0, 1, 500),
      ports: [
        { containerPort: 80, hostPort: 32768, protocol: "tcp", hostIp: "0.0.0.0" },
        { containerPort: 80, hostPort: 32768, protocol: "tcp", hostIp: "::" },
      ],
      address: "172.17.0.2",
    });
  });

  test.each([
    ["created", "CREATED"],
    ["running", "RUNNING"],
    ["paused", "RUNNING"],
    ["restarting", "RUNNING"],
    ["exited", "STOPPED"],
    ["dead", "STOPPED"],
    ["removing", "STOPPED"],
  ] as const)("%s counts as %s", (word, status) => {
    const observation = observationOf(withState({ Status: word }));
    expect(observation.status).toBe(status);
    expect(observation.exitCode !== undefined).toBe(status === "STOPPED");
  });

  test("one that could not start keeps the engine's word, and has no exit code", () => {
    const observation = observationOf(withState({ Status: "created", ExitCode: 127, Error: "no such file" }));
    expect(observation).toMatchObject({ status: "CREATED", error: "no such file" });
    expect(observation).not.toHaveProperty("exitCode");
  });

  test("killed for memory, whether the state or an event says it", () => {
    const end = { Status: "exited", ExitCode: 137, FinishedAt: "2026-01-01T00:00:02Z" };
    expect(observationOf(withState({ ...end, OOMKilled: true }))).toMatchObject({ outOfMemory: true, exitCode: 137 });
    expect(observationOf(withState(end), true)).toMatchObject({ outOfMemory: true });
    expect(observationOf(withState(end))).not.toHaveProperty("outOfMemory");
    expect(observationOf(withState({ OOMKilled: true }))).not.toHaveProperty("outOfMemory"); // a child of it; it goes on
  });

  test.each([
    [undefined, undefined],
    ["none", undefined],
    ["starting", "UNKNOWN"],
    ["healthy", "HEALTHY"],
    ["unhealthy", "UNHEALTHY"],
  ] as const)("health %s is %s", (word, health) => {
    expect(observationOf(withState(word === undefined ? {} : { Health: { Status: word } })).health).toBe(health);
  });

  test("an end that the engine did not see has exit code 255", () => {
    expect(observationOf(withState({ Status: "exited", ExitCode: -1 })).exitCode).toBe(255);
  });
});
