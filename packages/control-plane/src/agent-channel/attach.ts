import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { TLSSocket } from "node:tls";
import type { VersionInfo } from "@aws-sdk/client-ecs";
import type { Connection } from "@hatoba/contract";
import { type RawData, type WebSocket, WebSocketServer } from "ws";
import { type AgentSessions, refusalFor } from "./agent-sessions.ts";
import type { TelemetryDependencies } from "./telemetry-session.ts";
import { TelemetrySessions } from "./telemetry-sessions.ts";

/** The largest message an agent may send. Source: agent protocol, 4.2. */
const maxMessageBytes = 1024 * 1024;

/** Whoever hands over handshakes that are signed well. */
export interface Handshakes {
  onUpgrade(path: string, handler: (request: IncomingMessage, socket: Duplex, head: Buffer) => void): void;
}

/** From now on agents can connect: at `/acs/ws` for their work, at `/tcs/ws` for telemetry. */
export function attachAgentChannel(handshakes: Handshakes, sessions: AgentSessions, deps: TelemetryDependencies): void {
  const sockets = new WebSocketServer({ noServer: true, maxPayload: maxMessageBytes });
  const telemetry = new TelemetrySessions(deps);
  const accept =
    (
      parameters: { readonly instance: string; readonly cluster: string },
      serve: (connection: Connection, containerInstanceArn: string, said: URLSearchParams, reachedAt: string) => void,
    ) =>
    (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
      const said = new URL(request.url ?? "/", "http://localhost").searchParams;
      const arn = said.get(parameters.instance) ?? "";
      const refusal = refusalFor(deps.store.snapshot(), arn, said.get(parameters.cluster) ?? "");
      if (refusal !== undefined) return refuse(socket, { [refusal.name]: refusal.message });
      const reachedAt = `${request.socket instanceof TLSSocket ? "https" : "http"}://${request.headers.host ?? ""}`;
      sockets.handleUpgrade(request, socket, head, (webSocket) =>
        serve(socketConnection(webSocket), arn, said, reachedAt),
      );
    };
  handshakes.onUpgrade(
    "/acs/ws",
    accept({ instance: "containerInstanceArn", cluster: "clusterArn" }, (connection, arn, said, reachedAt) =>
      sessions.open(connection, arn, {
        ...versionsOf(said),
        sendCredentials: said.get("sendCredentials") === "true",
        reachedAt,
      }),
    ),
  );
  handshakes.onUpgrade(
    "/tcs/ws",
    accept({ instance: "containerInstance", cluster: "cluster" }, (connection, arn) => telemetry.open(connection, arn)),
  );
}

/** What an agent says of itself in the address that it connects to. Source: agent protocol, sections 2.2 and 3.1. */
export function versionsOf(said: URLSearchParams): VersionInfo {
  const names = ["agentVersion", "agentHash", "dockerVersion"] as const;
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = said.get(name)?.slice(0, longestVersion);
      return value ? [[name, value]] : [];
    }),
  );
}
const longestVersion = 255;

function refuse(socket: Duplex, body: Readonly<Record<string, string>>): void {
  const text = JSON.stringify(body);
  const head = `HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(text)}`;
  socket.end(`${head}\r\n\r\n${text}`);
}

/** A WebSocket as the sessions see it. Binary messages are taken as text. */
function socketConnection(socket: WebSocket): Connection {
  socket.on("error", () => socket.terminate()); // a close follows, which is what is listened to
  return {
    send(text) {
      if (socket.readyState === socket.OPEN) socket.send(text);
    },
    get bufferedBytes() {
      return socket.bufferedAmount;
    },
    onMessage: (listener) => void socket.on("message", (data: RawData) => listener(textOf(data))),
    onClose: (listener) => void socket.once("close", (code, reason) => listener(code, reason.toString())),
    close: (code, reason) => socket.close(code, reason.slice(0, 120)),
  };
}

/** What `ws` gives for a message is a Buffer, unless its `binaryType` is changed. */
const textOf = (data: RawData): string => (data as Buffer).toString();
