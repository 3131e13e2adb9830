import type { ChannelFrame, ChannelMessageType } from "./messages.ts";

/** What a text off the wire turned out to be. `unknown` is a type that nobody here handles; it is to be ignored. */
export type DecodedFrame =
  | { readonly is: "frame"; readonly frame: ChannelFrame }
  | { readonly is: "unknown"; readonly type: string }
  | { readonly is: "malformed"; readonly problem: string };

type Check = "string" | "number" | "boolean" | "array" | "object";

const addressed = { messageId: "string", clusterArn: "string", containerInstanceArn: "string" } as const;

/** The members without which a message cannot be handled. Everything else is optional on the wire. */
const required: { readonly [T in ChannelMessageType]: Readonly<Record<string, Check>> } = {
  HeartbeatMessage: {},
  HeartbeatAckRequest: {},
  PayloadMessage: { ...addressed, tasks: "array" },
  IAMRoleCredentialsMessage: { messageId: "string", taskArn: "string", roleType: "string", roleCredentials: "object" },
  IAMRoleCredentialsAckRequest: { messageId: "string", credentialsId: "string" },
  AttachTaskNetworkInterfacesMessage: {
    ...addressed,
    taskArn: "string",
    waitTimeoutMs: "number",
    elasticNetworkInterfaces: "array",
  },
  ConfirmAttachmentMessage: { ...addressed, taskArn: "string", attachment: "object" },
  StageUpdateMessage: { ...addressed, updateInfo: "object" },
  PerformUpdateMessage: { ...addressed, updateInfo: "object" },
  OpenSessionMessage: { messageId: "string", sessionId: "string", token: "string", target: "object", run: "object" },
  AckRequest: { messageId: "string" },
  NackRequest: { messageId: "string" },
  TaskManifestMessage: { ...addressed, timeline: "number", tasks: "array" },
  TaskStopVerificationMessage: { messageId: "string", stopCandidates: "array" },
  TaskStopVerificationAck: { messageId: "string", stopTasks: "array" },
};

/** What is shown of a type that nobody knows. */
const longestName = 100;

/** One message as the text of one WebSocket message. */
export const encodeFrame = (frame: ChannelFrame): string => JSON.stringify(frame);

/** Reads a text off the wire; never throws. Elements of lists are as the sender made them: check what you use. */
export function decodeFrame(text: string): DecodedFrame {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return { is: "malformed", problem: "not JSON" };
  }
  if (!isObject(parsed) || typeof parsed["type"] !== "string") return { is: "malformed", problem: "no type" };
  const { type, message } = parsed;
  if (!isKnown(type)) return { is: "unknown", type: type.slice(0, longestName) };
  if (!isObject(message)) return { is: "malformed", problem: `${type} without message` };
  const wrong = Object.entries(required[type]).find(([member, check]) => !passes(message[member], check));
  if (wrong !== undefined) return { is: "malformed", problem: `${type}.${wrong[0]} is not a ${wrong[1]}` };
  return { is: "frame", frame: { type, message } as unknown as ChannelFrame };
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const isKnown = (type: string): type is ChannelMessageType => Object.hasOwn(required, type);
function passes(value: unknown, check: Check): boolean {
  if (check === "array") return Array.isArray(value) && value.every(isObject);
  return check === "object" ? isObject(value) : typeof value === check;
}
