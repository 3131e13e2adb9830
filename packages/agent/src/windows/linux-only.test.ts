import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

// What only Linux has may stand in the agent's source in these places alone, none of which Windows comes to.
const linuxOnly: Readonly<Record<string, string>> = {
  "config.ts": "the default of ECS_CGROUP_PATH, which Windows has no use for",
  "endpoints/host/host-network.ts": "asks for Linux first",
  "endpoints/host/shared-dir.ts": "gives up where there is no /proc",
  "find-gpus.ts": "on demand alone",
  "hooks/firelens/firelens-hook.ts": "FireLens, which Windows has not; paths inside the router",
  "hooks/firelens/router-config.ts": "FireLens, which Windows has not; paths inside the router",
  "hooks/volumes/efs-binds.ts": "EFS, which is not looked for on Windows",
  "hooks/volumes/efs-root.ts": "EFS, which is not looked for on Windows",
  "hooks/volumes/engine-mounts.ts": "EFS and EBS volumes, which are not there on Windows",
  "hooks/volumes/held-directory.ts": "EFS, which is not looked for on Windows",
  "hooks/volumes/unmount-below.ts": "finds nothing to do where there is no /proc",
  "hooks/volumes/loop-tools.ts": "EBS volumes, which are not made on Windows",
  "images/build-image.ts": "images of Linux",
  "images/pause-image.ts": "images of Linux",
  "images/pause-program.ts": "images of Linux",
  "platform/host-platform.ts": "says what is where",
  "runtime/docker-exec.ts": "sessions, which are not advertised on Windows",
  "runtime/docker-network.ts": "awsvpc; goes on without /proc",
  "runtime/end-processes.ts": "sessions, which are not advertised on Windows",
  "sessions/host-shell.ts": "sessions, which are not advertised on Windows",
  "sessions/port-relay.ts": "sessions, which are not advertised on Windows",
};
const root = join(import.meta.dirname, "..");
const sources = globSync("**/*.ts", { cwd: root })
  .map((path) => path.replaceAll("\\", "/"))
  .filter((path) => !/\.(test|fixture|conformance)\.ts$/.test(path) && !path.startsWith("runtime/cgroups/"));
const code = (path: string) => readFileSync(join(root, path), "utf8").replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, "");

test.each([
  ["a path of Linux", /["'`](unix:\/\/)?\/(bin|dev|etc|proc|run|sys|tmp|usr|var)\b/],
  ["a user id, which Windows has not", /process\.get(e?uid|e?gid)\(/],
  ["a path put together by hand", /\$\{(dir|dataDir|folder|directory)\}\//],
  ["a signal that Windows cannot deliver", /process\.(on|once)\("SIG(TERM|HUP|USR\d)"/],
])("%s stands where only Linux comes", (_what, pattern) => {
  expect(sources.filter((path) => pattern.test(code(path)) && !(path in linuxOnly))).toEqual([]);
});

test("every exception is needed", () => {
  const known = new Set(sources);
  expect(Object.keys(linuxOnly).filter((path) => !known.has(path))).toEqual([]);
});
