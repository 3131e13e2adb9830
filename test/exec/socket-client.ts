import { ResumeSessionCommand, type SSMClient } from "@aws-sdk/client-ssm";
import { systemClock } from "../../packages/control-plane/src/platform/clock.ts";
import type { ByteConnection } from "../../packages/control-plane/src/sessions/byte-connection.ts";
import { type ClientHabits, DataChannelClient } from "../harness/data-channel-client.ts";

/** The way into a session that was opened by the API. */
export interface Access {
  readonly sessionId: string;
  readonly streamUrl: string;
  readonly tokenValue: string;
}

/** Between two looks at what has no acknowledge yet, in milliseconds. Source: exec session protocol, section 2.12. */
const resendMs = 100;

/**
 * A client of the data channel on real WebSockets. Whenever its connection ends it calls ResumeSession and goes on over
 * another one, as the stock plugin does.
 */
export class SocketClient {
  readonly channel: DataChannelClient;
  /** How often it has come back. */
  resumed = 0;
  /** Resolves when the end was told, or ResumeSession gave no token, or it has left. */
  readonly over: Promise<"closed" | "timed out" | "left">;
  readonly #ssm: SSMClient;
  readonly #sessionId: string;
  #socket: WebSocket | undefined;
  #hasLeft = false;

  constructor(ssm: SSMClient, access: Access, habits: ClientHabits = {}) {
    this.#ssm = ssm;
    this.#sessionId = access.sessionId;
    this.channel = new DataChannelClient(systemClock, habits);
    const repeat = setInterval(() => this.channel.resend(), resendMs);
    this.over = this.#live(access).finally(() => clearInterval(repeat));
  }

  /** Hangs up by a close frame, which is all; it comes back. */
  hangUp(): void {
    this.#socket?.close();
  }

  /** Goes away as a program whose input has ended: the socket is closed and the session not. */
  leave(): void {
    this.#hasLeft = true;
    this.#socket?.close();
  }

  async #live(access: Access): Promise<Awaited<typeof this.over>> {
    for (let { streamUrl, tokenValue } = access; ; this.resumed += 1) {
      await this.#connect(streamUrl, tokenValue);
      if (this.channel.closed !== undefined) return "closed";
      if (this.#hasLeft) return "left";
      const again = await this.#ssm.send(new ResumeSessionCommand({ SessionId: this.#sessionId }));
      if (!again.TokenValue) return "timed out";
      ({ StreamUrl: streamUrl = "", TokenValue: tokenValue } = again);
    }
  }

  /** Resolves when the connection has ended. */
  async #connect(url: string, token: string): Promise<void> {
    const socket = new WebSocket(url);
    this.#socket = socket;
    socket.binaryType = "arraybuffer";
    const closed = Promise.withResolvers<void>();
    socket.addEventListener("open", () => this.channel.connect(connectionOver(socket, this.channel), token));
    socket.addEventListener("error", () => closed.resolve());
    socket.addEventListener("close", () => closed.resolve());
    await closed.promise;
  }
}

/** The part of a connection that the client uses; it hangs up when it was told the end. */
function connectionOver(socket: WebSocket, channel: DataChannelClient): ByteConnection {
  let isFirst = true;
  return {
    send(bytes) {
      if (socket.readyState !== WebSocket.OPEN) return;
      // The opening message is text.
      socket.send(isFirst ? Buffer.from(bytes).toString() : Buffer.from(bytes));
      isFirst = false;
    },
    bufferedBytes: 0,
    ping: () => undefined,
    onBytes(listener) {
      socket.addEventListener("message", ({ data }) => {
        listener(new Uint8Array(data as ArrayBuffer));
        if (channel.closed !== undefined) socket.close();
      });
    },
    onAlive: () => undefined,
    onClose: () => undefined,
    close: () => socket.close(),
  };
}
