import type { Logger as PinoLogger } from "pino";

/** What the house logs through: constant messages, and fields named in `log-fields.ts`. */
export type Logger = Pick<PinoLogger, "debug" | "info" | "warn" | "error" | "child">;

const ignore = () => undefined;
/** Says nothing; for tests. */
export const silentLogger: Logger = {
  debug: ignore,
  info: ignore,
  warn: ignore,
  error: ignore,
  child: () => silentLogger as never,
} as unknown as Logger;
