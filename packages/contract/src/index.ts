export * from "./agent-channel/messages.ts";
export * from "./arn.ts";
export * from "./statuses.ts";
