import fc from "fast-check";
import { expect, test } from "vitest";
import { canonicalPath, isHostPath } from "./windows-paths.ts";

test.each([
  ["", ""],
  ["C:", "c:"],
  ["D:\\", "d:\\"],
  ["C:\\Data\\App", "c:\\data\\app"],
  ["C:/Data/App/", "c:\\data\\app"],
  ["C:\\Data\\..\\App\\.\\Log", "c:\\app\\log"],
  ["/data", "\\data"],
  ["\\\\Server\\Share\\Folder\\", "\\\\server\\share\\folder"],
  ["\\\\.\\pipe\\Docker_Engine", "\\\\.\\pipe\\docker_engine"],
  ["//./pipe/docker_engine", "\\\\.\\pipe\\docker_engine"],
  ["\\\\.\\.", "\\"],
  ["\\\\.\\data\\..", "\\"],
])("canonicalPath(%j)", (path, expected) => {
  expect(canonicalPath(path)).toBe(expected);
});

test("a canonical path is its own", () => {
  const part = fc.constantFrom("data", "App", "..", ".", "", "pipe");
  const path = fc
    .tuple(fc.constantFrom("C:", "", "."), fc.array(part, { maxLength: 6 }), fc.constantFrom("\\", "/"))
    .map(([start, parts, by]) => [start, ...parts].join(by));
  fc.assert(fc.property(path, (text) => canonicalPath(canonicalPath(text)) === canonicalPath(text)));
});

test.each([
  ["C:\\data", true],
  ["d:", true],
  ["\\\\.\\pipe\\x", true],
  ["/data", true],
  ["ecs-web-1-scratch-0a1b", false],
  ["Shared.Volume_1", false],
])("isHostPath(%j)", (source, expected) => {
  expect(isHostPath(source)).toBe(expected);
});
