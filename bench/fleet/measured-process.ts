import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import type { Question, Usage } from "./probe.ts";

const probe = join(import.meta.dirname, "probe.ts");

/** A process of its own whose CPU time and memory are asked from outside, so that no cost is put to the wrong account. */
export class MeasuredProcess {
  readonly child: ChildProcess;
  readonly #open = new Map<number, PromiseWithResolvers<unknown>>();
  #asked = 0;

  /** @param main the program, TypeScript */
  constructor(main: string, args: readonly string[] = [], nodeOptions: readonly string[] = []) {
    this.child = spawn(process.execPath, ["--expose-gc", ...nodeOptions, "--import", probe, main, ...args], {
      stdio: ["ignore", "inherit", "inherit", "ipc"],
    });
    this.child.on("message", ({ id = -1, reply, failed }: { id?: number; reply?: unknown; failed?: string }) => {
      const waiting = this.#open.get(id);
      this.#open.delete(id);
      if (failed === undefined) waiting?.resolve(reply);
      else waiting?.reject(new Error(failed));
    });
    this.child.once("exit", (code, signal) => {
      for (const waiting of this.#open.values())
        waiting.reject(new Error(`${main} ended with ${code ?? signal} while it was asked`));
    });
  }

  /** Of the process as it is. @param collect after a full garbage collection, whose CPU time is not counted */
  async usage(collect = false): Promise<Usage> {
    return (await this.#ask({ question: { ask: "usage", collect } satisfies Question })) as Usage;
  }

  async startProfile(): Promise<void> {
    await this.#ask({ question: { ask: "profile-start" } satisfies Question });
  }

  /** Writes what was sampled since the start, as `--cpu-prof` does. */
  async stopProfile(path: string): Promise<void> {
    await this.#ask({ question: { ask: "profile-stop", path } satisfies Question });
  }

  /** Has the program do something that it listens for; resolves with its answer. */
  async order(order: object): Promise<unknown> {
    return await this.#ask({ order });
  }

  async stop(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    this.child.kill();
    await once(this.child, "exit");
  }

  #ask(message: object): Promise<unknown> {
    const id = this.#asked++;
    const waiting = Promise.withResolvers<unknown>();
    this.#open.set(id, waiting);
    this.child.send({ id, ...message });
    return waiting.promise;
  }
}

/** In a measured process: carries out its parent's orders, and answers each. */
export function onOrder<O>(carryOut: (order: O) => Promise<unknown>): void {
  process.on("message", ({ id, order }: { readonly id: number; readonly order?: O }) => {
    if (order === undefined) return;
    carryOut(order).then(
      (reply) => process.send?.({ id, reply: reply ?? {} }),
      (error: unknown) => process.send?.({ id, failed: String(error) }),
    );
  });
}
