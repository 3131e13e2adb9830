import type { LogLine, LogPosition } from "./container-runtime.ts";

/** A line longer than this is handed on in pieces: CloudWatch Logs takes no larger event. In bytes. */
const longestLine = 256 * 1024 - 26;
/** The engine stores no more than this in one message. In bytes. */
const longestMessage = 16 * 1024;
/** How far behind the newest line, in milliseconds, the other stream's place is still looked for. */
const lookBack = 60_000;
/** How long, in milliseconds, a line may take from its first piece to its last. */
const startOfLine = 10_000;

type Stream = LogLine["stream"];

/** One message as the engine stored it: at most 16 KiB, without a line end if the line goes on in the next one. */
export interface LogMessage {
  readonly stream: Stream;
  /** RFC 3339 with nine digits of a second, UTC: comparing texts compares times. */
  readonly timestamp: string;
  readonly content: Buffer;
  readonly complete: boolean;
}

/**
 * Takes the engine's log stream apart: frames with an eight-byte head (stream, three zeros, length), each a message that starts
 * with its time. A container with a terminal has no frames, and only standard output.
 * Source: Docker Engine API, ContainerAttach, "stream format".
 */
export async function* logMessages(source: AsyncIterable<Uint8Array>, terminal: boolean): AsyncGenerator<LogMessage> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of source) {
    rest = rest.length === 0 ? Buffer.from(chunk) : Buffer.concat([rest, chunk]);
    let at = 0;
    for (;;) {
      const end = terminal ? rest.indexOf(0x0a, at) + 1 : frameEnd(rest, at);
      if (end <= 0 || end > rest.length) break;
      const stream = !terminal && rest[at] === 2 ? "stderr" : "stdout";
      yield messageOf(stream, rest.subarray(terminal ? at : at + 8, end));
      at = end;
    }
    rest = rest.subarray(at);
  }
  if (terminal && rest.length > 0) yield messageOf("stdout", rest);
}

function frameEnd(buffer: Buffer, at: number): number {
  return buffer.length < at + 8 ? 0 : at + 8 + buffer.readUInt32BE(at + 4);
}

function messageOf(stream: Stream, payload: Buffer): LogMessage {
  const space = payload.indexOf(0x20);
  const complete = payload.at(-1) === 0x0a;
  const content = payload.subarray(space + 1, complete ? payload.length - 1 : payload.length);
  return { stream, timestamp: payload.toString("latin1", 0, Math.max(0, space)), content, complete };
}

/** A place in one of the two streams, each of which is in order of time; the engine's log as a whole need not be. */
type Place = Pick<LogPosition, "timestamp" | "linesTaken">;
const beginning: Place = { timestamp: "", linesTaken: 0 };

/**
 * Joins the pieces of long lines and leaves out the lines up to `since`, stream by stream.
 * `position` of a line covers all lines handed over before it too.
 * @param isAll whether nothing more will ever come, so that a last line without an end is one; otherwise it is left for next time.
 */
export async function* logLines(
  messages: AsyncIterable<LogMessage>,
  since?: LogPosition,
  isAll = true,
): AsyncGenerator<LogLine> {
  const taken: Record<Stream, Place> = { stdout: since ?? beginning, stderr: since?.stderr ?? beginning };
  const reached: Record<Stream, Place> = { stdout: beginning, stderr: beginning };
  const open: Record<Stream, { pieces: Buffer[]; length: number; timestamp: string }> = {
    stdout: { pieces: [], length: 0, timestamp: "" },
    stderr: { pieces: [], length: 0, timestamp: "" },
  };

  const close = (stream: Stream): LogLine | undefined => {
    const { pieces, timestamp } = open[stream];
    open[stream] = { pieces: [], length: 0, timestamp: "" };
    reached[stream] = after(reached[stream], timestamp);
    if (!isBeyond(reached[stream], taken[stream])) return undefined;
    taken[stream] = reached[stream];
    const position: LogPosition = { ...pick(taken.stdout), stderr: pick(taken.stderr) };
    return { text: textOf(Buffer.concat(pieces)), time: millisecondsOf(timestamp), position, stream };
  };

  for await (const { stream, timestamp, content, complete } of messages) {
    const line = open[stream];
    line.pieces.push(content);
    line.length += content.length;
    line.timestamp = timestamp;
    if (!complete && line.length + longestMessage <= longestLine) continue;
    const closed = close(stream);
    if (closed !== undefined) yield closed;
  }
  if (!isAll) return;
  for (const stream of ["stdout", "stderr"] as const) {
    const closed = open[stream].pieces.length === 0 ? undefined : close(stream);
    if (closed !== undefined) yield closed;
  }
}

function after(place: Place, timestamp: string): Place {
  return { timestamp, linesTaken: place.timestamp === timestamp ? place.linesTaken + 1 : 1 };
}

function isBeyond(place: Place, taken: Place): boolean {
  return place.timestamp === taken.timestamp ? place.linesTaken > taken.linesTaken : place.timestamp > taken.timestamp;
}

function pick({ timestamp, linesTaken }: Place): Place {
  return { timestamp, linesTaken };
}

/** Bytes that are not UTF-8 become U+FFFD; a carriage return at the end belongs to the terminal. */
function textOf(content: Buffer): string {
  const text = content.toString("utf8");
  return text.endsWith("\r") ? text.slice(0, -1) : text;
}

function millisecondsOf(timestamp: string): number {
  return Date.parse(timestamp.replace(/\.(\d{3})\d*Z$/, ".$1Z"));
}

/**
 * The `since` of the engine's logs call, in seconds: a little before the earlier of the two places, so that a long line is read
 * from its first piece on, and within reason.
 */
export function sinceParameter(position: LogPosition | undefined): string | undefined {
  if (position === undefined) return undefined;
  const places = [position.timestamp, position.stderr?.timestamp ?? ""].filter((timestamp) => timestamp !== "");
  if (places.length === 0) return undefined;
  const times = places.map(millisecondsOf);
  const earliest = Math.max(...times) - lookBack;
  const from = places.length === 1 ? earliest : Math.max(earliest, Math.min(...times) - startOfLine);
  return `${Math.floor(from / 1000)}.${String(from % 1000).padStart(3, "0")}000000`;
}
