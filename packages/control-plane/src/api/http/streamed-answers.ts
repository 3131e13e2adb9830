import type { ServerResponse } from "node:http";
import { Readable } from "node:stream";
import type { Logger } from "../../platform/logger.ts";

/** Answers that are written bit by bit, for as long as there is something to say. */
export class StreamedAnswers {
  private readonly open = new Set<ServerResponse>();
  private readonly logger: Logger;

  constructor({ logger }: { readonly logger: Logger }) {
    this.logger = logger;
  }

  /** The body of an answer; its source is told to end when the reader is gone. */
  body(chunks: AsyncIterable<Uint8Array>, response: ServerResponse): Readable {
    const readable = Readable.from(chunks, { objectMode: false });
    this.open.add(response);
    response.once("close", () => this.open.delete(response));
    readable.once("error", (error) => this.logger.error({ err: error }, "an answer broke off"));
    return readable;
  }

  /** Cuts what is still being answered. */
  destroyAll(): void {
    for (const response of this.open) response.destroy();
  }
}
