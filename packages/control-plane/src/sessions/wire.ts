import { hash } from "node:crypto";
import {
  acknowledgement,
  channelClosed,
  type DataMessage,
  decodeDataMessage,
  encodeDataMessage,
  singleMessage,
} from "@hatoba/contract";
import type { Clock } from "../platform/clock.ts";
import type { IdSource } from "../platform/ids.ts";

const sha256 = (bytes: Uint8Array): Uint8Array => hash("sha256", bytes, "buffer");

export const decodeMessage = (bytes: Uint8Array): DataMessage | undefined => decodeDataMessage(bytes, sha256);

/** Makes the messages that a server sends, with ids and times of their own. */
export class MessageWriter {
  private readonly deps: { readonly clock: Clock; readonly ids: IdSource };
  constructor(deps: MessageWriter["deps"]) {
    this.deps = deps;
  }

  output(sequence: number, payloadType: number, payload: Uint8Array): Uint8Array {
    return this.write({ type: "output_stream_data", sequence, flags: sequence === 0 ? 1 : 0, payloadType, payload });
  }

  acknowledge(message: DataMessage): Uint8Array {
    const payload = acknowledgement(message);
    return this.write({ type: "acknowledge", sequence: 0, flags: singleMessage, payloadType: 0, payload });
  }

  /** @param output shown to the user; empty for an ordinary end */
  closed(sessionId: string, output: string, exitCode?: number): Uint8Array {
    const { clock, ids } = this.deps;
    const payload = channelClosed({
      MessageId: ids.uuid(),
      SessionId: sessionId,
      CreatedDate: new Date(clock.now()).toISOString(),
      Output: output,
      ...(exitCode === undefined ? {} : { ExitCode: exitCode }),
    });
    return this.write({ type: "channel_closed", sequence: 0, flags: singleMessage, payloadType: 0, payload });
  }

  private write(message: Omit<DataMessage, "messageId" | "createdAt">): Uint8Array {
    const { clock, ids } = this.deps;
    return encodeDataMessage({ ...message, messageId: ids.uuid(), createdAt: clock.now() }, sha256);
  }
}
