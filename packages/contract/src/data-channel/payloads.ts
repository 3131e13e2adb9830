import type { DataMessage } from "./message.ts";

/** What a stream message carries. Source: exec session protocol, section 2.4. */
export const payloadTypes = {
  output: 1,
  size: 3,
  handshakeRequest: 5,
  handshakeResponse: 6,
  handshakeComplete: 7,
  flag: 10,
  standardError: 11,
  exitCode: 12,
} as const;

/** The content of a flag message of a port session; `inputEnd` is ours, and goes with every session of our own client. */
export const flags = { disconnectToPort: 1, terminateSession: 2, connectToPortError: 3, inputEnd: 100 } as const;

/** What our own client calls itself; it gives input to programs without a terminal too, which the stock one does not. */
export const ownClientVersion = "hatoba";

/** `flags` of messages that stand for themselves: the first and the last of their stream. */
export const singleMessage = 3;

export type SessionType = "Standard_Stream" | "InteractiveCommands" | "NonInteractiveCommands" | "Port";

/** Which port a session forwards, as the client reads it; all of it text. Without a type its stdin and stdout are the stream. */
export interface PortProperties {
  readonly portNumber: string;
  readonly localPortNumber?: string;
  readonly host?: string;
  readonly type?: "LocalPortForwarding";
}

/** The first message of a client, as text. Source: exec session protocol, section 2.1. */
export interface OpeningMessage {
  readonly TokenValue: string;
  /** The same for the life of a client. */
  readonly ClientId?: string;
  readonly ClientVersion?: string;
}

export function decodeOpening(bytes: Uint8Array): OpeningMessage | undefined {
  const said = jsonIn(bytes);
  if (typeof said?.["TokenValue"] !== "string") return undefined;
  return {
    TokenValue: said["TokenValue"],
    ...textOf("ClientId", said["ClientId"]),
    ...textOf("ClientVersion", said["ClientVersion"]),
  };
}

export const acknowledgement = ({ type, messageId, sequence }: DataMessage): Uint8Array =>
  jsonBytes({
    AcknowledgedMessageType: type,
    AcknowledgedMessageId: messageId,
    AcknowledgedMessageSequenceNumber: sequence,
    IsSequentialMessage: true,
  });

/** The number of the stream message that an acknowledge speaks of; acknowledges match by it alone. */
export function acknowledgedSequence(payload: Uint8Array): number | undefined {
  const sequence = jsonIn(payload)?.["AcknowledgedMessageSequenceNumber"];
  return typeof sequence === "number" && Number.isSafeInteger(sequence) ? sequence : undefined;
}

export const handshakeRequest = (agentVersion: string, type: SessionType, properties?: PortProperties): Uint8Array =>
  jsonBytes({
    AgentVersion: agentVersion,
    RequestedClientActions: [
      { ActionType: "SessionType", ActionParameters: { SessionType: type, Properties: properties ?? null } },
    ],
  });

/** What a client answers: its version, and why it cannot serve the session if it cannot. */
export function decodeHandshakeResponse(
  payload: Uint8Array,
): { readonly clientVersion: string; readonly refusal?: string } | undefined {
  const said = jsonIn(payload);
  if (said === undefined) return undefined;
  const actions = Array.isArray(said["ProcessedClientActions"]) ? (said["ProcessedClientActions"] as unknown[]) : [];
  const failed = actions.filter(isRecord).find(({ ActionType, ActionStatus }) => {
    return ActionType === "SessionType" && ActionStatus !== 1;
  });
  const clientVersion = typeof said["ClientVersion"] === "string" ? said["ClientVersion"] : "";
  if (failed === undefined) return { clientVersion };
  return { clientVersion, refusal: typeof failed["Error"] === "string" ? failed["Error"] : "" };
}

/** @param nanoseconds how long the handshake took @param customerMessage printed before the session; empty for nothing */
export const handshakeComplete = (nanoseconds: number, customerMessage: string): Uint8Array =>
  jsonBytes({ HandshakeTimeToComplete: nanoseconds, CustomerMessage: customerMessage });

/** @returns undefined for what is no size that a terminal can have */
export function decodeSize(payload: Uint8Array): { readonly cols: number; readonly rows: number } | undefined {
  const { cols, rows } = jsonIn(payload) ?? {};
  return isSide(cols) && isSide(rows) ? { cols, rows } : undefined;
}
const isSide = (value: unknown): value is number =>
  typeof value === "number" && Number.isInteger(value) && value > 0 && value <= 65_535;

export function flagPayload(flag: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, flag);
  return bytes;
}

export const decodeFlag = (payload: Uint8Array): number | undefined =>
  payload.length === 4 ? new DataView(payload.buffer, payload.byteOffset, 4).getUint32(0) : undefined;

/** The end of a session. `ExitCode` is ours: the stock client reads `Output` alone. */
export interface ChannelClosed {
  readonly MessageId: string;
  readonly SessionId: string;
  /** ISO 8601. */
  readonly CreatedDate: string;
  /** Shown to the user; empty for an ordinary end. */
  readonly Output: string;
  readonly ExitCode?: number;
}

export const channelClosed = (closed: ChannelClosed): Uint8Array =>
  jsonBytes({ MessageType: "channel_closed", DestinationId: closed.SessionId, SchemaVersion: 1, ...closed });

/** What a client is told at the end; an empty payload is an ordinary end. */
export function decodeChannelClosed(payload: Uint8Array): { readonly output: string; readonly exitCode?: number } {
  const said = jsonIn(payload) ?? {};
  const output = typeof said["Output"] === "string" ? said["Output"] : "";
  return typeof said["ExitCode"] === "number" ? { output, exitCode: said["ExitCode"] } : { output };
}

const jsonBytes = (content: object): Uint8Array => new TextEncoder().encode(JSON.stringify(content));

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function jsonIn(bytes: Uint8Array): Readonly<Record<string, unknown>> | undefined {
  try {
    const content: unknown = JSON.parse(new TextDecoder().decode(bytes));
    return isRecord(content) ? content : undefined;
  } catch {
    return undefined;
  }
}

const textOf = <K extends string>(name: K, value: unknown): { readonly [P in K]?: string } =>
  (typeof value === "string" ? { [name]: value } : {}) as { readonly [P in K]?: string };
