import { expect, test } from "vitest";
import { startFailure } from "./start-failure.ts";

test.each([
  [
    "/bin/nope",
    'exec: "/bin/nope": stat /bin/nope: no such file or directory',
    "Unable to start command: Failed to start pty: fork/exec /bin/nope: no such file or directory",
  ],
  [
    "nope",
    'exec: "nope": executable file not found in $PATH: unknown',
    'Unable to start command: Failed to start pty: exec: "nope": executable file not found in $PATH',
  ],
  [
    "/etc/passwd",
    'exec: "/etc/passwd": permission denied',
    "Unable to start command: Failed to start pty: fork/exec /etc/passwd: permission denied",
  ],
  [
    "sh",
    "Error response from daemon: Container 1 is paused",
    "Unable to start command: Failed to start pty: Container 1 is paused",
  ],
])("%s: %s", (program, told, text) => expect(startFailure(program, told, false)).toBe(text));

test("no shell in the image", () => {
  expect(startFailure("sh", "executable file not found in $PATH", true)).toMatch(/the image has no shell/);
});
