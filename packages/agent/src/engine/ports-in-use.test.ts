import { expect, test } from "vitest";
import { ContainerFailure } from "../runtime/container-runtime.ts";
import { containerPayload, knownTask, taskPayload } from "./engine.fixture.ts";
import { isPickedPortTaken, portsInUse } from "./ports-in-use.ts";

const tcp = { protocol: "tcp" } as const;

test("reserved ports, those asked for and those bound are in use, for as long as their container is", () => {
  const app = containerPayload("app", { portMappings: [{ containerPort: 80, hostPort: 8080, ...tcp }] });
  const task = knownTask(taskPayload(1, { containers: [app] }));
  const bindings = [
    { bindIP: "0.0.0.0", containerPort: 81, hostPort: 40_000, ...tcp },
    { bindIP: "0.0.0.0", containerPortRange: "90-91", hostPortRange: "40001-40002", ...tcp },
  ];
  const as = (status: "RUNNING" | "STOPPED") => ({
    ...task,
    containers: task.containers.map((container) => ({ ...container, status, bindings })),
  });
  expect(portsInUse([as("RUNNING")], ["tcp/22"])).toEqual(new Set([22, 8080, 40_000, 40_001, 40_002]));
  expect(portsInUse([as("STOPPED")], ["udp/53"])).toEqual(new Set([53]));
});

const range = { containerPortRange: "90-91", ...tcp };
const fixed = { containerPort: 80, hostPort: 8080, ...tcp };
const allocated = (port: number) =>
  `driver failed programming: Bind for 0.0.0.0:${port} failed: port is already allocated`;
test.each([
  [allocated(32_768), [range], true],
  [allocated(32_768), [range, fixed], true],
  [allocated(8080), [range, fixed], false],
  [allocated(8080), [fixed], false],
  ["failed to bind host port for 0.0.0.0:8080:172.17.0.2:80/tcp: address already in use", [range, fixed], false],
  ["failed to bind host port for 0.0.0.0:40000:172.17.0.2:90/tcp: address already in use", [range, fixed], true],
  ["Bind for :::40000 failed: port is already allocated", [range, fixed], true],
  ["Bind for [::1]:8080 failed: port is already allocated", [range, fixed], false],
  ["address already in use", [range], true],
  ["address already in use", [range, fixed], false],
  ["exec: no such file", [range], false],
])("%s, of %j: may be tried with other ports: %s", (text, portMappings, expected) => {
  const failure = new ContainerFailure("CannotStartContainerError", `Error response from daemon: ${text}`);
  expect(isPickedPortTaken(failure, portMappings)).toBe(expected);
});

test("what is no failure of a container is none of a port", () => {
  expect(isPickedPortTaken(new Error("address already in use"), [range])).toBe(false);
});
