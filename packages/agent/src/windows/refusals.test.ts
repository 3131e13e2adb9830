import { expect, test } from "vitest";
import { containerPayload, taskPayload } from "../engine/engine.fixture.ts";
import { lacksOnWindows } from "./refusals.ts";

test.each([
  [{ networkMode: "bridge" as const }, []],
  [{ networkMode: "none" as const }, []],
  // Ignored there, not refused. Source: ECS API reference, RegisterTaskDefinition, cpu.
  [{ cpu: 1, memory: 2048 }, []],
  [{ networkMode: "awsvpc" as const }, ["the network mode awsvpc is not supported on Windows"]],
  [{ networkMode: "host" as const }, ["the network mode host is not supported on Windows"]],
  [{ pidMode: "task" }, ["pidMode is not supported on Windows"]],
  [{ ipcMode: "host" }, ["ipcMode is not supported on Windows"]],
  [{ enableFaultInjection: true }, ["fault injection is not supported on Windows"]],
  [{ associations: [{ type: "gpu" as const, name: "0", containers: ["app"] }] }, ["GPUs are not assigned on Windows"]],
  [
    {
      volumes: [
        {
          name: "v",
          type: "docker" as const,
          dockerVolumeConfiguration: { scope: "task" as const, autoprovision: false, driver: "local" },
        },
      ],
    },
    [],
  ],
  [
    {
      volumes: [
        {
          name: "v",
          type: "docker" as const,
          dockerVolumeConfiguration: { scope: "task" as const, autoprovision: false, driver: "rexray" },
        },
      ],
    },
    ["Docker volumes on Windows have the driver local alone"],
  ],
  [{ containers: [containerPayload("app", { links: ["db"] })] }, ["links are not supported on Windows"]],
  [
    { containers: [containerPayload("r", { firelensConfiguration: { type: "fluentbit", options: {} } })] },
    ["FireLens is not supported on Windows"],
  ],
])("%j", (more, lacks) => {
  expect(lacksOnWindows(taskPayload(1, more))).toEqual(lacks);
});
