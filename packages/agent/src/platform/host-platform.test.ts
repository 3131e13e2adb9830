import { describe, expect, test } from "vitest";
import { hostPlatform, pipePath } from "./host-platform.ts";

describe("Windows", () => {
  const windows = hostPlatform("win32");

  test("is reached by a named pipe, keeps its own ports and picks from its own range", () => {
    expect(windows.engineAddress).toBe("npipe:////./pipe/docker_engine");
    // Source: agent protocol §10.1.
    expect(windows.reservedTcpPorts.toSorted((a, b) => a - b)).toEqual([
      53, 135, 139, 445, 2375, 2376, 3389, 5985, 5986, 51678, 51679,
    ]);
    expect(windows.credentialsTcpPorts).toEqual([80]);
    expect(windows.dynamicPorts).toEqual({ from: 49152, to: 65535 });
  });

  test.each([
    [{ ProgramData: "D:\\Data" }, "D:\\Data\\Hatoba\\ECS\\data"],
    [{ PROGRAMDATA: "D:\\Data" }, "D:\\Data\\Hatoba\\ECS\\data"],
    [{}, "C:\\ProgramData\\Hatoba\\ECS\\data"],
  ])("keeps its state under the data of programs: %j", (variables, folder) => {
    expect(windows.dataDir(variables)).toBe(folder);
  });

  test("listens for no signal that Windows cannot deliver", () => {
    expect(windows.stopSignals).not.toContain("SIGTERM");
  });
});

test("anything else is Linux, where the state's folder has to be named", () => {
  for (const platform of ["linux", "darwin", "freebsd"] as const) {
    expect(hostPlatform(platform).name).toBe("linux");
    expect(hostPlatform(platform).dataDir({ ProgramData: "C:\\x" })).toBeUndefined();
  }
});

test.each([
  ["//./pipe/docker_engine", "\\\\.\\pipe\\docker_engine"],
  ["\\\\.\\pipe\\docker_engine", "\\\\.\\pipe\\docker_engine"],
  ["//./PIPE/podman", "\\\\.\\PIPE\\podman"],
  ["/var/run/docker.sock", "/var/run/docker.sock"],
])("pipePath(%j)", (path, expected) => {
  expect(pipePath(path)).toBe(expected);
});
