import type { ProgramOutput } from "./container-exec.ts";

const headBytes = 8;

/**
 * Takes the stream of a program without a terminal apart, piece by piece: frames with a head of eight bytes (stream, three
 * zeros, length), whose content is handed on as it comes. Source: Docker Engine API, ContainerAttach, "Stream format".
 */
export class ExecFrames {
  #head: Buffer = Buffer.alloc(0);
  #from: ProgramOutput["from"] = "stdout";
  /** Bytes of the frame that are still to come. */
  #missing = 0;

  *split(chunk: Buffer): Generator<ProgramOutput> {
    let rest = chunk;
    while (rest.length > 0) {
      if (this.#missing > 0) {
        const bytes = rest.subarray(0, this.#missing);
        this.#missing -= bytes.length;
        rest = rest.subarray(bytes.length);
        yield { from: this.#from, bytes };
        continue;
      }
      const more = rest.subarray(0, headBytes - this.#head.length);
      this.#head = Buffer.concat([this.#head, more]);
      rest = rest.subarray(more.length);
      if (this.#head.length < headBytes) return;
      this.#from = this.#head[0] === 2 ? "stderr" : "stdout";
      this.#missing = this.#head.readUInt32BE(4);
      this.#head = Buffer.alloc(0);
    }
  }
}
