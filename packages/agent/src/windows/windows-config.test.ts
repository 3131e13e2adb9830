import { expect, test } from "vitest";
import { readAgentConfig } from "../config.ts";
import { hostPlatform } from "../platform/host-platform.ts";

const least = {
  ECS_BACKEND_HOST: "http://10.0.0.1:4577",
  AWS_DEFAULT_REGION: "us-east-1",
  AWS_ACCESS_KEY_ID: "AKIA",
  AWS_SECRET_ACCESS_KEY: "secret",
};
const read = (more: Readonly<Record<string, string>> = {}) =>
  readAgentConfig({ ...least, ...more }, hostPlatform("win32"));
const ports = [53, 135, 139, 445, 2375, 2376, 3389, 5985, 5986, 51678, 51679];
const sorted = (numbers: readonly number[]) => numbers.toSorted((a, b) => a - b);

test("its state is under the data of programs unless a folder is named", () => {
  expect(read().dataDir).toBe("C:\\ProgramData\\Hatoba\\ECS\\data");
  expect(read({ ProgramData: "D:\\Data" }).dataDir).toBe("D:\\Data\\Hatoba\\ECS\\data");
  expect(read({ ECS_DATADIR: "E:/ecs/../agent" }).dataDir).toBe("E:\\agent");
});

test("port 80 is kept back for the credentials of tasks, as long as they have roles", () => {
  expect(sorted(read({ ECS_ENABLE_TASK_IAM_ROLE: "false" }).reservedTcpPorts)).toEqual(ports);
  expect(sorted(read().reservedTcpPorts)).toEqual(sorted([...ports, 80]));
  expect(read({ ECS_RESERVED_PORTS: "[80,8080]" }).reservedTcpPorts).toEqual([80, 8080]);
});

test("no limit means the least one unless it is to mean none", () => {
  expect(read().windowsUnbounded).toEqual({ cpuUnbounded: false, memoryUnbounded: false });
  expect(read({ ECS_ENABLE_CPU_UNBOUNDED_WINDOWS_WORKAROUND: "true" }).windowsUnbounded).toEqual({
    cpuUnbounded: true,
    memoryUnbounded: false,
  });
  expect(read({ ECS_ENABLE_MEMORY_UNBOUNDED_WINDOWS_WORKAROUND: "1" }).windowsUnbounded).toEqual({
    cpuUnbounded: false,
    memoryUnbounded: true,
  });
});

test("its engine may be named by a pipe", () => {
  expect(read({ DOCKER_HOST: "npipe:////./pipe/docker_engine" }).dockerHost).toBe("npipe:////./pipe/docker_engine");
});
