/**
 * The link between control plane and agent that carries one session: a shell, a command, or a forwarded port. The agent
 * opens it outwards, as a WebSocket at `/sessions/ws`, when an OpenSessionMessage of the agent channel asks for it. Each
 * binary message is one frame: a byte for its kind, then its content. Both ways are paced by credit: who sends bytes may
 * have `linkWindow` of them on their way, plus what the other has given back with `credit` frames since.
 */
export type LinkFrame =
  /** To the agent: bytes for the program's input. */
  | { readonly kind: "input"; readonly bytes: Uint8Array }
  /** To the agent: the terminal has this many columns and rows now. */
  | { readonly kind: "size"; readonly cols: number; readonly rows: number }
  /** To the agent: no input follows. */
  | { readonly kind: "inputEnd" }
  /** To the agent: end the program, as when a terminal is hung up. */
  | { readonly kind: "terminate" }
  /** To the control plane: the program runs, or the port is reached. Comes before any output. */
  | { readonly kind: "started" }
  | { readonly kind: "output"; readonly bytes: Uint8Array }
  /** To the control plane: what a program without a terminal wrote to its standard error. */
  | { readonly kind: "errorOutput"; readonly bytes: Uint8Array }
  /** To the control plane: the program has ended by itself. Nothing follows. */
  | { readonly kind: "exited"; readonly exitCode: number }
  /** To the control plane: it did not start or was lost; `reason` is for the user to read. Nothing follows. */
  | { readonly kind: "failed"; readonly reason: string }
  /** To the control plane: one multiplexed connection to the port was refused; the others go on. */
  | { readonly kind: "portRefused" }
  /** Both ways: so many bytes have been taken and may be sent anew. */
  | { readonly kind: "credit"; readonly bytes: number };

/** Bytes that may be on their way, each way, before credit is given. */
export const linkWindow = 256 * 1024;

const codes = {
  input: 1,
  size: 2,
  inputEnd: 3,
  terminate: 4,
  started: 5,
  output: 6,
  errorOutput: 7,
  exited: 8,
  failed: 9,
  credit: 10,
  portRefused: 11,
} as const satisfies Record<LinkFrame["kind"], number>;
const kinds = new Map<number, LinkFrame["kind"]>(
  Object.entries(codes).map(([kind, code]) => [code, kind as LinkFrame["kind"]]),
);

export function encodeLinkFrame(frame: LinkFrame): Uint8Array {
  const content = "bytes" in frame && typeof frame.bytes !== "number" ? frame.bytes : numbersOf(frame);
  const message = new Uint8Array(1 + content.length);
  message[0] = codes[frame.kind];
  message.set(content, 1);
  return message;
}

function numbersOf(frame: LinkFrame): Uint8Array {
  if (frame.kind === "size") return new Uint8Array(new Uint16Array([frame.cols, frame.rows]).buffer);
  if (frame.kind === "exited") return new Uint8Array(new Int32Array([frame.exitCode]).buffer);
  if (frame.kind === "credit") return new Uint8Array(new Uint32Array([frame.bytes]).buffer);
  if (frame.kind === "failed") return new TextEncoder().encode(frame.reason);
  return new Uint8Array();
}

/** Undefined for what is no frame. */
export function decodeLinkFrame(message: Uint8Array): LinkFrame | undefined {
  const kind = kinds.get(message[0] ?? 0);
  const bytes = message.subarray(1);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  switch (kind) {
    case "input":
    case "output":
    case "errorOutput":
      return { kind, bytes };
    case "size":
      return bytes.length === 4 ? { kind, cols: view.getUint16(0, true), rows: view.getUint16(2, true) } : undefined;
    case "exited":
      return bytes.length === 4 ? { kind, exitCode: view.getInt32(0, true) } : undefined;
    case "credit":
      return bytes.length === 4 ? { kind, bytes: view.getUint32(0, true) } : undefined;
    case "failed":
      return { kind, reason: new TextDecoder().decode(bytes) };
    case "inputEnd":
    case "terminate":
    case "started":
    case "portRefused":
      return bytes.length === 0 ? { kind } : undefined;
    case undefined:
      return undefined;
  }
}
