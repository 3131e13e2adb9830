import { createHash, randomBytes } from "node:crypto";
import { StopTaskCommand } from "@aws-sdk/client-ecs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type ExecHouse, execHouse } from "./exec-house.ts";
import { PtyProcess } from "./pty.ts";

/** A client of sessions at a terminal. */
export interface TerminalClient {
  readonly title: string;
  /** What is typed to run a command in a task's container. */
  words(task: string, command: string, container?: string): readonly string[];
  /** What it needs beside the house's own variables. */
  readonly env: Readonly<Record<string, string>>;
  /** Whether it hands on the remote command's exit code. */
  readonly handsOnExitCodes: boolean;
  /** Whether it leaves the terminal's output processing on, which makes CR LF of every LF. */
  readonly isCooked: boolean;
}

const prompt = "$ ";

/** What every client of sessions shows its user. Source: exec session protocol, section 5. */
export function terminalSessions(client: TerminalClient): void {
  describe(client.title, () => {
    let exec: ExecHouse;
    let task = "";
    beforeAll(async () => {
      exec = await execHouse();
      task = await exec.run([{ environment: [{ name: "COLOUR", value: "blue" }], user: "1000" }]);
    });
    afterAll(() => exec.house.down());

    const open = (command = "/bin/sh", size: { cols?: number; rows?: number } = {}, of = task) => {
      const env = { ...exec.house.env, ...client.env, HATOBA_DATA_DIR: exec.house.dataDir };
      return new PtyProcess(client.words(of, command), { env, ...size });
    };
    const shell = async (size?: { cols?: number; rows?: number }, of = task) => {
      const pty = open("env PS1='$ ' sh", size, of);
      await pty.until(prompt);
      return pty;
    };
    const ask = async (pty: PtyProcess, line: string, answer: string | RegExp) => {
      pty.type(`${line}\r`);
      return pty.until(answer);
    };

    test("round trip, as user 0 with the container's environment; the terminal is as it was before", async () => {
      const pty = await shell();
      await ask(pty, "echo $((6*7)) $(id -u) $COLOUR $TERM $LANG", "42 0 blue xterm-256color C.UTF-8");
      pty.type("exit\r");
      expect(await pty.exit()).toBe(0);
    });

    test("the size is there from the beginning, and follows", async () => {
      const pty = await shell({ cols: 101, rows: 37 });
      await ask(pty, "stty size", "37 101");
      await pty.stty("rows", "21", "cols", "91");
      await ask(pty, "while [ \"$(stty size)\" != '21 91' ]; do sleep 0.1; done; echo size'd'", "sized");
      pty.type("exit\r");
      await pty.exit();
    });

    test("Ctrl-C, Ctrl-\\ and Ctrl-Z reach the program at the front; Ctrl-D ends the shell", async () => {
      const pty = await shell();
      for (const [key, shown, code] of [
        ["\x03", "^C", 130],
        ["\x1c", "^\\", 131],
      ] as const) {
        pty.type("sleep 7001\r");
        await exec.processesBecome(task, "sleep 7001", 1);
        pty.type(key);
        // The stock client hands keys of signals on by another way than the rest: what follows must not be typed ahead.
        await pty.until(shown);
        await pty.until(prompt);
        await ask(pty, "echo code=$?", `code=${code}`);
        await pty.until(prompt);
      }
      pty.type("sleep 7001\r");
      await exec.processesBecome(task, "sleep 7001", 1);
      pty.type("\x1a");
      await pty.until("^Z");
      await pty.until(prompt);
      await ask(pty, "jobs", "Stopped");
      await pty.until(prompt);
      pty.type("kill -9 %1; wait; echo do'n'e\r");
      await pty.until("done");
      await pty.until(prompt);
      pty.type("\x04\x04"); // some shells ask once more about jobs
      await pty.exit();
    });

    test("the command's words, and its exit code where the client hands it on", async () => {
      const pty = open('sh -c \'echo "a  b" "$0" $1; exit 3\' "x y" z');
      await pty.until("a  b x y z");
      expect(await pty.exit()).toBe(client.handsOnExitCodes ? 3 : 0);
    });

    test("a program that is not there is said so within seconds", async () => {
      const pty = open("/bin/nope");
      await pty.until(
        /Unable to start command: Failed to start pty: fork\/exec \/bin\/nope: no such file or directory/,
      );
      await pty.exit();
    });

    test("eight megabytes of output come out as they are", async () => {
      const pty = open(
        'sh -c \'stty -opost; dd if=/dev/zero bs=1M count=8 2>/dev/null | tr "\\\\0" x | sha256sum; dd if=/dev/zero bs=1M count=8 2>/dev/null | tr "\\\\0" x; echo; echo EN"D"\'',
      );
      await pty.until("END");
      await pty.exit();
      const shown = pty.shown.toString("latin1");
      const body = shown.split(/\r?\n/).find((line) => line.startsWith("xxx")) ?? "";
      expect(body.length).toBe(8 * 1024 * 1024);
      expect(shown).toContain(createHash("sha256").update(body).digest("hex"));
    });

    test("every byte goes both ways", async () => {
      const bytes = Buffer.from(Array.from({ length: 256 }, (_, index) => index).filter((byte) => !signals.has(byte)));
      const pty = open(
        'sh -c \'stty raw -echo; echo REA"D"Y; head -c ' + bytes.length + ' | od -An -v -tu1; stty sane; echo EN"D"\'',
      );
      await pty.until("READY");
      pty.type(bytes);
      const shown = await pty.until("END");
      expect(shown.replace("END", "").trim().split(/\s+/).map(Number)).toEqual([...bytes]);
      await pty.exit();
    });

    test("a paste of 64 KiB arrives", async () => {
      const size = 64 * 1024;
      const text = randomBytes(size / 2).toString("hex");
      const pty = open('sh -c \'stty raw -echo; echo REA"D"Y; head -c ' + size + " | sha256sum; stty sane'");
      await pty.until("READY");
      // As a terminal takes what is pasted: a little at a time.
      for (let at = 0; at < size; at += 1024) pty.type(text.slice(at, at + 1024));
      await pty.until(createHash("sha256").update(text).digest("hex"));
      await pty.exit();
    });

    test("a stopped task ends its session at once, with a text", async () => {
      const other = await exec.run();
      const pty = await shell({}, other);
      await exec.house.ecs.send(new StopTaskCommand({ task: other }));
      await pty.until(/stopp/i);
      await pty.exit();
    });

    test("three sessions at once do not mix", async () => {
      const script = (tag: string) => `sh -c 'for i in $(seq 1 200); do echo ${tag}-$i-${tag}; done'`;
      const ptys = ["a", "b", "c"].map((tag) => ({ tag, pty: open(script(tag)) }));
      for (const { tag, pty } of ptys) {
        await pty.exit();
        const lines = pty.shown.toString().match(/[abc]-\d+-[abc]/g) ?? [];
        expect(lines).toEqual(Array.from({ length: 200 }, (_, index) => `${tag}-${index + 1}-${tag}`));
      }
    });
  });
}

/** What a client's terminal may keep for itself: NL and CR, the keys of signals and of flow control. */
const signals = new Set([3, 10, 13, 17, 19, 22, 15, 26, 28, 4, 127, 8, 21, 23, 18]);
