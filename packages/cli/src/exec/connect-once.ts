import { WebSocket } from "ws";
import type { ClientChannel } from "./client-channel.ts";

export interface Connecting {
  /** Aborted when the session has ended: the server waits for the connection to be closed. */
  readonly over: AbortSignal;
  /** See ExecLimits. */
  readonly pingMs: number;
  /** For the connection to come about, in milliseconds. */
  readonly tryMs: number;
}

/**
 * One connection of a session, from its first message to its end. A network that is gone closes nothing: so the server is
 * asked for a sign of life, and without one the connection counts as lost.
 * @param opening the first message
 * @returns how it ended
 */
export async function connectOnce(
  url: string,
  opening: string,
  channel: Pick<ClientChannel, "attach" | "detach" | "receive">,
  { over, pingMs, tryMs }: Connecting,
): Promise<"closed" | "lost"> {
  const socket = new WebSocket(url, { handshakeTimeout: tryMs });
  const closed = Promise.withResolvers<"closed" | "lost">();
  let isAlive = true;
  const alive = () => {
    isAlive = true;
  };
  const watch = setInterval(() => {
    if (socket.readyState === WebSocket.CONNECTING) return;
    if (!isAlive) {
      closed.resolve("lost");
      return socket.terminate();
    }
    isAlive = false;
    if (socket.readyState === WebSocket.OPEN) socket.ping();
  }, pingMs);
  over.addEventListener("abort", () => socket.close());
  socket.on("open", () => {
    socket.send(opening);
    channel.attach((bytes) => {
      if (socket.readyState === WebSocket.OPEN) socket.send(bytes);
    });
  });
  socket.on("message", (data: Buffer) => {
    alive();
    channel.receive(data);
  });
  socket.on("pong", alive);
  socket.on("error", () => closed.resolve("closed"));
  socket.on("close", () => closed.resolve("closed"));
  const how = await closed.promise;
  clearInterval(watch);
  channel.detach();
  return how;
}
