import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { smallFile } from "./small-file.ts";

const folder = mkdtempSync(join(tmpdir(), "small-file-"));
afterAll(() => rmSync(folder, { recursive: true }));

test("a file is read, a large one only so far", () => {
  writeFileSync(join(folder, "hosts"), "127.0.0.1 localhost\n");
  expect(smallFile(join(folder, "hosts"))).toBe("127.0.0.1 localhost\n");
  writeFileSync(join(folder, "large"), "x");
  truncateSync(join(folder, "large"), 8 * 1024 * 1024 * 1024);
  expect(smallFile(join(folder, "large"))).toHaveLength(64 * 1024);
});

test("what is no file is not waited for", () => {
  execFileSync("mkfifo", [join(folder, "pipe")]);
  expect(smallFile(join(folder, "pipe"))).toBeUndefined();
  expect(smallFile(folder)).toBeUndefined();
  expect(smallFile(join(folder, "none"))).toBeUndefined();
});
