import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DockerEngine } from "./docker-engine.ts";

export type Answer = (request: IncomingMessage, response: ServerResponse, body: string) => void;

/** An engine that answers as a test says, on a socket of its own, and what was asked of it (`GET /path?query`). */
export class FakeEngine implements AsyncDisposable {
  readonly client: DockerEngine;
  readonly asked: string[] = [];
  answer: Answer = (_request, response) =>
    void response.writeHead(404).end(JSON.stringify({ message: "nothing here" }));
  readonly #folder = mkdtempSync(join(tmpdir(), "hatoba-engine-"));
  readonly #server = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk: Buffer) => (body += chunk.toString()));
    request.on("end", () => {
      this.asked.push(`${request.method} ${decodeURIComponent(request.url ?? "")}`);
      this.answer(request, response, body);
    });
  });

  private constructor() {
    this.client = new DockerEngine(`unix://${join(this.#folder, "s")}`);
  }

  static async start(): Promise<FakeEngine> {
    const engine = new FakeEngine();
    await engine.listen();
    return engine;
  }

  listen(): Promise<void> {
    return new Promise((resolve) => this.#server.listen(join(this.#folder, "s"), resolve));
  }

  /** Cuts every connection, and answers no more until `listen`. */
  async stop(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.#server.closeAllConnections();
    await closed;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.client.close();
    await this.stop();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
