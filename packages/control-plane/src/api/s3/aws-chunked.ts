import { S3Error } from "./s3-error.ts";

/** Throws if a chunk, or what comes behind the last, is not signed as the one before it and its content demand. */
export interface ChunkVerifier {
  begin(): { update(data: Uint8Array): void; end(signature: string): void };
  trailer(lines: readonly string[], signature: string): void;
}

const incomplete = () =>
  new S3Error(
    "IncompleteBody",
    "You did not provide the number of bytes specified by the Content-Length HTTP header",
    400,
  );
/** A line of signatures and checksums is never longer. */
const longestLine = 4096;

/** Takes bytes as they come, a line or so many at a time. */
class ByteReader {
  readonly #source: AsyncIterator<Uint8Array>;
  #held: Buffer = Buffer.alloc(0);
  constructor(source: AsyncIterable<Uint8Array>) {
    this.#source = source[Symbol.asyncIterator]();
  }

  /** Up to the next CR LF, without it. */
  async line(): Promise<string> {
    for (;;) {
      const end = this.#held.indexOf("\r\n");
      if (end >= 0) {
        const line = this.#held.toString("latin1", 0, end);
        this.#held = this.#held.subarray(end + 2);
        return line;
      }
      if (this.#held.length > longestLine || !(await this.#more())) throw incomplete();
    }
  }

  /** What there is, at most `wanted` bytes. */
  async some(wanted: number): Promise<Buffer> {
    if (this.#held.length === 0 && !(await this.#more())) throw incomplete();
    const taken = this.#held.subarray(0, wanted);
    this.#held = this.#held.subarray(taken.length);
    return taken;
  }

  /** Reads to the end, of which nothing is used. */
  async drain(): Promise<void> {
    while (await this.#more()) this.#held = Buffer.alloc(0);
  }

  async #more(): Promise<boolean> {
    const { done, value } = await this.#source.next();
    if (done === true) return false;
    const chunk = Buffer.from(value.buffer, value.byteOffset, value.byteLength);
    this.#held = this.#held.length === 0 ? chunk : Buffer.concat([this.#held, chunk]);
    return true;
  }
}

/**
 * The content of a body in `aws-chunked` encoding. Source: S3 API reference, "Signature calculations for the Authorization
 * header: transferring payload in multiple chunks", with and without trailing headers.
 * @param onTrailer told each line behind the last chunk
 */
export async function* decodeChunks(
  source: AsyncIterable<Uint8Array>,
  {
    verifier,
    hasTrailer,
    onTrailer,
  }: {
    readonly verifier?: ChunkVerifier;
    readonly hasTrailer: boolean;
    readonly onTrailer: (name: string, value: string) => void;
  },
): AsyncGenerator<Uint8Array> {
  const reader = new ByteReader(source);
  for (;;) {
    const [digits = "", ...extensions] = (await reader.line()).split(";");
    if (!/^[0-9a-f]{1,10}$/i.test(digits.trim())) throw incomplete();
    let left = Number.parseInt(digits, 16);
    const isLast = left === 0;
    const hash = verifier?.begin();
    while (left > 0) {
      const bytes = await reader.some(left);
      left -= bytes.length;
      hash?.update(bytes);
      yield bytes;
    }
    hash?.end(/chunk-signature=([0-9a-f]*)/.exec(extensions.join(";"))?.[1] ?? "");
    if (isLast) break;
    if ((await reader.line()) !== "") throw incomplete();
  }
  const lines: string[] = [];
  let signature = "";
  for (let line = await reader.line(); line !== ""; line = await reader.line()) {
    const colon = line.indexOf(":");
    const [name, value] = [line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim()];
    if (name === "x-amz-trailer-signature") signature = value;
    else {
      if (lines.length >= 16) throw incomplete();
      lines.push(`${name}:${value}\n`);
      onTrailer(name, value);
    }
    if (signature !== "" && !hasTrailer) throw incomplete();
  }
  if (hasTrailer) verifier?.trailer(lines, signature);
  await reader.drain();
}
