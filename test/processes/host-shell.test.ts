import { spawnSync } from "node:child_process";
import { userInfo } from "node:os";
import { describe, expect, test } from "vitest";
import type { RunningProgram } from "../../packages/agent/src/runtime/container-exec.ts";
import { processFacts } from "../../packages/agent/src/runtime/end-processes.ts";
import { HostShell } from "../../packages/agent/src/sessions/host-shell.ts";

const has = (program: string) => spawnSync("sh", ["-c", `command -v ${program}`]).status === 0;
const isRoot = process.getuid?.() === 0;
/** As root the shell is that of a user without rights; that it can log in is no matter for commands. */
const user = isRoot ? "nobody" : userInfo().username;
const size = { cols: 101, rows: 37 };

async function open(command: string, terminal: boolean) {
  let pid = 0;
  const program = await new HostShell(user, !isRoot).open({
    command,
    terminal,
    size,
    onStarted: (started) => (pid = started),
  });
  return { program, pid };
}

async function read({ output }: RunningProgram, until?: string) {
  const text = { stdout: "", stderr: "" };
  for await (const { from, bytes } of output) {
    text[from] += Buffer.from(bytes).toString();
    if (until !== undefined && text.stdout.includes(until)) break;
  }
  return text;
}

describe.runIf(process.platform === "linux" && ["script", "setpriv", "stty"].every(has))(
  "a shell of the machine",
  () => {
    test("has a terminal of its own, its user's rights, and nothing of the agent's environment", async () => {
      process.env["AWS_SECRET_ACCESS_KEY"] = "of the agent";
      const { program } = await open("sh -c 'stty size; id -un; env; exit 7'", true);
      const { stdout } = await read(program);
      expect(stdout).toContain(`37 101\r\n${user}\r\n`);
      expect(stdout).not.toContain("of the agent");
      expect(await program.exitCode()).toBe(7);
    });

    test("follows the size, and hears Ctrl-C", async () => {
      const wait = 'until [ "$(stty size)" = "21 91" ]; do sleep 0.1; done';
      const { program } = await open(
        `sh -c 'trap "exit 3" INT; stty size; ${wait}; echo sized; sleep 60 & wait'`,
        true,
      );
      const iterator = program.output[Symbol.asyncIterator]();
      let shown = "";
      const until = async (text: string) => {
        while (!shown.includes(text)) {
          const { value, done } = await iterator.next();
          if (done === true) throw new Error(`ended before ${text}: ${shown}`);
          shown += Buffer.from(value.bytes).toString();
        }
      };
      await until("37 101");
      program.resize({ cols: 91, rows: 21 });
      await until("sized");
      await program.write(Buffer.from([3]));
      while ((await iterator.next()).done !== true);
      expect(await program.exitCode()).toBe(3);
    });

    test("ends with all it started", async () => {
      const { program, pid } = await open("sh -c 'sleep 600 & echo ready; sleep 600'", true);
      const reading = read(program);
      await program.end();
      await reading;
      expect(processFacts(pid)).toBeUndefined();
    });

    test("without a terminal: three streams", async () => {
      const { program } = await open("sh -c 'cat; echo err >&2; exit 4'", false);
      await program.write(Buffer.from("in"));
      program.endInput();
      expect(await read(program)).toEqual({ stdout: "in", stderr: "err\n" });
      expect(await program.exitCode()).toBe(4);
    });

    test("a user that is not there is said so", async () => {
      const nobody = new HostShell("no-such-user-here", false).open({
        terminal: true,
        size,
        onStarted: () => undefined,
      });
      await expect(nobody).rejects.toThrow("This machine has no user no-such-user-here.");
    });
  },
);
