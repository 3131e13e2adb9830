import { rmSync } from "node:fs";
import type { Socket } from "node:net";
import { setTimeout as wait } from "node:timers/promises";
import type { Logger } from "../../platform/logger.ts";
import { type Answer, json, plain, type Question } from "../answer.ts";
import { AnswerServer } from "../http-server.ts";
import { askedIn, Peers } from "./peers.ts";
import { endpointPort } from "./rules.ts";

export interface SharedPortOptions {
  /** Of all agents of this network namespace; undefined: this one is alone. */
  readonly dir: string | undefined;
  readonly agentId: string;
  readonly port?: number;
  /** Whether this agent is the one to answer. */
  readonly knows: (question: Question) => boolean;
  readonly answer: (question: Question) => Promise<Answer>;
  /** Headers of every answer at the port, and whether there is to be one at all. */
  readonly limit: (question: Question) => {
    readonly admits: boolean;
    readonly headers: Readonly<Record<string, string>>;
  };
  /** The port is this agent's now. */
  readonly onHeld: () => Promise<void>;
  /** It is about to let go of it. @param isLast no other agent waits for it */
  readonly onLetGo: (isLast: boolean) => Promise<void>;
  readonly logger: Logger;
}

/** Pause before the port is tried again that a stranger holds, in milliseconds. */
const strangerWaitMs = 5000;
/** A holder that was gone sooner may have been none; then there is a pause, so that nothing turns in circles. */
const steadyMs = 250;

/**
 * The port that all containers of a machine ask, shared by the agents on it: one holds it and hands on what it does not
 * know; the others wait, and when the holder ends, in whatever way, one of them takes the port.
 */
export class SharedPort {
  readonly #options: SharedPortOptions;
  readonly #front: AnswerServer;
  readonly #back: AnswerServer;
  readonly #peers: Peers | undefined;
  readonly #ending = new AbortController();
  /** Ends when this agent lets go of the port. */
  readonly #letGo = Promise.withResolvers<void>();
  #competing: Promise<void> | undefined;
  #isHolder = false;
  /** Connections of agents that wait for the port. */
  readonly #waiting = new Set<Socket>();

  constructor(options: SharedPortOptions) {
    this.#options = options;
    const { dir, agentId, logger } = options;
    this.#peers = dir === undefined ? undefined : new Peers(dir, agentId);
    this.#front = new AnswerServer((question) => this.#atPort(question), logger);
    this.#back = new AnswerServer((question, { socket }) => this.#ofPeer(question, socket), logger);
  }

  get isHolder(): boolean {
    return this.#isHolder;
  }

  /**
   * Begins to listen, or to wait for the port.
   * @returns false if it is a stranger's, so that nobody can ask here for now; it is tried again.
   */
  async open(): Promise<boolean> {
    if (this.#peers !== undefined) {
      rmSync(this.#peers.ownPath, { force: true });
      await this.#back.listen({ path: this.#peers.ownPath });
    }
    if (await this.#takePort()) return true;
    const first = Promise.withResolvers<boolean>();
    this.#competing = this.#compete(first.resolve);
    // A holder says nothing for as long as it holds; a stranger is told from it by all others denying at once.
    return await Promise.race([first.promise, wait(200, true, { ref: false })]);
  }

  /** Lets go of the port; another agent takes it over. */
  async close(): Promise<void> {
    this.#ending.abort();
    await this.#competing;
    if (this.#isHolder) {
      await this.#options.onLetGo(this.#waiting.size === 0);
      await this.#front.close();
    }
    this.#letGo.resolve();
    if (this.#peers === undefined) return;
    await this.#back.close();
    rmSync(this.#peers.ownPath, { force: true });
  }

  async #compete(first: (isServed: boolean) => void): Promise<void> {
    const { signal } = this.#ending;
    while (!signal.aborted) {
      const since = performance.now();
      const wasHeld = (await this.#peers?.watchHolder(signal)) ?? false;
      if (signal.aborted) return;
      if (await this.#takePort()) return first(true);
      if (!wasHeld) first(false);
      else if (performance.now() - since > steadyMs) continue;
      const pause = wasHeld ? steadyMs : strangerWaitMs;
      await wait(pause, undefined, { signal, ref: false }).catch(() => undefined);
    }
  }

  async #takePort(): Promise<boolean> {
    const { port = endpointPort, onHeld, logger } = this.#options;
    try {
      await this.#front.listen({ host: "127.0.0.1", port });
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code !== "EADDRINUSE") logger.warn({ err: error }, "the port of the task endpoints cannot be used");
      return false;
    }
    this.#isHolder = true;
    logger.info({ port }, "task endpoints are served here");
    await onHeld();
    return true;
  }

  async #atPort(question: Question): Promise<Answer & { readonly headers: Readonly<Record<string, string>> }> {
    const { limit, knows, answer } = this.#options;
    const { admits, headers } = limit(question);
    if (!admits) return { ...plain("You have reached maximum request limit.", 429), headers };
    const others = knows(question) ? undefined : await this.#peers?.ask(question);
    return { ...(others ?? (await answer(question))), headers };
  }

  /** What another agent of this machine asks. */
  async #ofPeer({ path, body }: Question, socket: Socket): Promise<Answer> {
    if (path === "/ask") {
      const question = askedIn(body);
      const { knows, answer } = this.#options;
      return json(knows(question) ? { answer: await answer(question) } : {});
    }
    if (!this.#isHolder) return plain("", 404);
    this.#waiting.add(socket);
    socket.once("close", () => this.#waiting.delete(socket));
    await this.#letGo.promise;
    return plain("");
  }
}
