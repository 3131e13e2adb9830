import type { Breakable, Connection } from "@hatoba/contract";

/**
 * What may befall a message: it comes twice, it changes places with the one after it, or the connection breaks in its place
 * and those under way are lost.
 */
export type MessageFault = "repeated" | "reordered" | "cut";

/**
 * One end of a connection whose messages suffer faults on the way out.
 * @param befalls whether this fault befalls the message at hand
 */
export function faultyConnection(
  connection: Connection & Breakable,
  befalls: (fault: MessageFault) => boolean,
): Connection {
  let held: string | undefined;
  return {
    send(text) {
      if (befalls("cut")) return connection.breakOff();
      if (held === undefined && befalls("reordered")) {
        held = text;
        return;
      }
      connection.send(text);
      if (befalls("repeated")) connection.send(text);
      if (held === undefined) return;
      connection.send(held);
      held = undefined;
    },
    get bufferedBytes() {
      return connection.bufferedBytes;
    },
    onMessage: (listener) => connection.onMessage(listener),
    onClose: (listener) => connection.onClose(listener),
    close: (code, reason) => connection.close(code, reason),
  };
}
