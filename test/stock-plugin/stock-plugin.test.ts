import { dirname } from "node:path";
import { describe, test } from "vitest";
import { terminalSessions } from "../exec/terminal-sessions.ts";

// The unmodified AWS CLI and session-manager-plugin. HATOBA_SESSION_MANAGER_PLUGIN names the plugin's path; `aws` is looked
// for where programs are.
const plugin = process.env["HATOBA_SESSION_MANAGER_PLUGIN"];

if (plugin === undefined) {
  describe("the stock plugin", () => {
    test.skip("is tried when HATOBA_SESSION_MANAGER_PLUGIN names it", () => undefined);
  });
} else {
  terminalSessions({
    title: "the stock CLI and plugin",
    words: (task, command, container) => [
      "aws",
      "ecs",
      "execute-command",
      "--interactive",
      "--task",
      task,
      "--command",
      command,
      ...(container === undefined ? [] : ["--container", container]),
    ],
    env: { PATH: `${dirname(plugin)}:${process.env["PATH"] ?? ""}` },
    handsOnExitCodes: false,
    isCooked: true,
  });
}
