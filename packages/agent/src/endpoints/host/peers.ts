import { readdirSync, rmSync } from "node:fs";
import { request } from "node:http";
import { join } from "node:path";
import type { Answer, Question } from "../answer.ts";

/** Longest for a peer's word, in milliseconds; its own answers take far less. */
const peerLimitMs = 10_000;
const ending = ".sock";

/** What a peer says to a question: undefined if it does not know who asks. */
interface PeerWord {
  readonly answer?: Answer;
}

/** The other agents of this network namespace, each behind a unix socket in the shared folder. */
export class Peers {
  readonly #dir: string;
  readonly #own: string;

  constructor(dir: string, agentId: string) {
    this.#dir = dir;
    this.#own = `${agentId}${ending}`;
  }

  /** Where this agent is a peer to the others. */
  get ownPath(): string {
    return join(this.#dir, this.#own);
  }

  /** The answer of the peer that knows who asks; undefined if none does. All are asked at once: one may hang. */
  async ask(question: Question): Promise<Answer | undefined> {
    const body = JSON.stringify({ ...question, query: question.query.toString() });
    const answered = new AbortController();
    const limit = AbortSignal.any([answered.signal, AbortSignal.timeout(peerLimitMs)]);
    const asked = this.#paths().map(async (path): Promise<Answer> => {
      const word = await call(path, "/ask", body, limit);
      const { answer } = word.status === 200 ? (JSON.parse(word.body) as PeerWord) : {};
      if (answer === undefined) throw new Error("this peer does not know who asks");
      return answer;
    });
    try {
      return await Promise.any(asked);
    } catch {
      return undefined;
    } finally {
      answered.abort();
    }
  }

  /**
   * Waits for as long as another agent holds the port.
   * @returns whether there was one; false at once if nobody here holds it
   */
  async watchHolder(signal: AbortSignal): Promise<boolean> {
    const watches = this.#paths().map(async (path) => {
      const word = await call(path, "/holder", "", signal).catch(() => undefined);
      return word === undefined || word.status === 200;
    });
    // Those that do not hold it say so at once; the holder says nothing before it lets go, or ends.
    const held = await Promise.all(watches);
    return held.includes(true);
  }

  #paths(): readonly string[] {
    try {
      return readdirSync(this.#dir)
        .filter((name) => name.endsWith(ending) && name !== this.#own)
        .map((name) => join(this.#dir, name));
    } catch {
      return [];
    }
  }
}

/** What a peer was asked, out of the body of a call to `/ask`. */
export function askedIn(body: string): Question {
  const { query, ...question } = JSON.parse(body) as Omit<Question, "query"> & { readonly query: string };
  return { ...question, query: new URLSearchParams(query) };
}

async function call(
  socketPath: string,
  path: "/ask" | "/holder",
  body: string,
  signal: AbortSignal,
): Promise<{ readonly status: number; readonly body: string }> {
  const { promise, resolve, reject } = Promise.withResolvers<{ status: number; body: string }>();
  const sent = request({ socketPath, path, method: "POST", signal, agent: false }, (response) => {
    const chunks: Buffer[] = [];
    response.on("data", (chunk: Buffer) => chunks.push(chunk));
    response.on("error", reject);
    response.on("end", () => resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString() }));
  });
  sent.on("error", (error: NodeJS.ErrnoException) => {
    // Nobody is behind it any more: its agent was killed.
    if (error.code === "ECONNREFUSED") {
      rmSync(socketPath, { force: true });
      resolve({ status: 410, body: "" });
    } else reject(error);
  });
  sent.end(body);
  return await promise;
}
