export * from "./agent-channel/codec.ts";
export * from "./agent-channel/connection.ts";
export * from "./agent-channel/messages.ts";
export * from "./arn.ts";
export * from "./data-channel/message.ts";
export * from "./data-channel/payloads.ts";
export * from "./session-link/frames.ts";
export * from "./statuses.ts";
