import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { ContainerExec, ExecCommand, RunningProgram } from "./container-exec.ts";

/** A running container with the programs of busybox, or what behaves so. */
export interface ExecUnderTest {
  readonly exec: ContainerExec;
  readonly containerId: string;
  /** How often this word is found in the command lines of the container's processes. */
  processes(word: string): Promise<number>;
  close(): Promise<void>;
}

let mark = 0;
const command = (argv: readonly [string, ...string[]], more: Partial<ExecCommand> = {}): ExecCommand => ({
  argv,
  environment: {},
  mark: `conformance-${process.pid}-${++mark}`,
  ...more,
});

/** What every ContainerExec promises. */
export function containerExecConformance(title: string, prepare: () => Promise<ExecUnderTest>): void {
  describe(title, () => {
    let house: ExecUnderTest;
    beforeAll(async () => {
      house = await prepare();
    });
    afterAll(() => house.close());
    const run = (argv: readonly [string, ...string[]], more?: Partial<ExecCommand>) =>
      house.exec.run(house.containerId, command(argv, more));

    test("without a terminal: both streams apart, and the exit code", async () => {
      const program = await run(["sh", "-c", "echo out; echo err >&2; exit 7"]);
      expect(await readAll(program)).toEqual({ stdout: "out\n", stderr: "err\n" });
      expect(await program.exitCode()).toBe(7);
    });

    test("input goes in, and its end is heard", async () => {
      const program = await run(["cat"]);
      await program.write(Buffer.from("one "));
      await program.write(Buffer.from("two"));
      program.endInput();
      expect((await readAll(program)).stdout).toBe("one two");
      expect(await program.exitCode()).toBe(0);
    });

    test("a program that is not there does not start, and the reason names it", async () => {
      await expect(run(["/bin/nope"])).rejects.toMatchObject({
        name: "CannotStartExecError",
        message: expect.stringContaining("/bin/nope") as string,
      });
      await expect(run(["/bin/nope"], { terminal: { cols: 80, rows: 24 } })).rejects.toMatchObject({
        message: expect.stringMatching(/no such file or directory/) as string,
      });
    });

    test("a container that does not run is said so", async () => {
      await expect(house.exec.run("0".repeat(64), command(["sh"]))).rejects.toMatchObject({
        name: "CannotStartExecError",
        message: expect.stringContaining("No such container") as string,
      });
      expect(await house.exec.look("0".repeat(64))).toBeUndefined();
      expect(await house.exec.look(house.containerId)).toBeDefined();
    });

    test("what is ended is gone with all it has started, and ending it again changes nothing", async () => {
      const word = `7${Date.now()}`;
      let id = "";
      const asked = command(["sh", "-c", `sleep ${word} & sleep ${word} & echo ready; wait`]);
      const program = await house.exec.run(house.containerId, asked, (execId) => (id = execId));
      const reading = readAll(program);
      await program.end();
      await reading;
      expect(await house.processes(word)).toBe(0);
      await house.exec.end({ containerId: house.containerId, execId: id, mark: asked.mark });
      expect(await program.exitCode()).not.toBe(0);
    });
  });
}

/** All output of a program, to its end. */
export async function readAll(program: RunningProgram): Promise<{ stdout: string; stderr: string }> {
  const parts: Record<"stdout" | "stderr", Buffer[]> = { stdout: [], stderr: [] };
  for await (const { from, bytes } of program.output) parts[from].push(Buffer.from(bytes));
  return { stdout: Buffer.concat(parts.stdout).toString(), stderr: Buffer.concat(parts.stderr).toString() };
}
