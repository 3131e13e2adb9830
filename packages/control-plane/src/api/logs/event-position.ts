import type { LogPosition } from "../../log-store/log-store.ts";
import { LogsError } from "./api-error.ts";

/** A place among events as a token of GetLogEvents holds it: `f/` to read on from there, `b/` to read back. */
export const positionToken = (direction: "f" | "b", { timestamp, sequence }: LogPosition): string =>
  `${direction}/${timestamp.toString(36)}.${sequence.toString(36)}`;

/** @throws LogsError InvalidParameterException for what is no such token */
export function readPosition(token: string): { readonly direction: "f" | "b"; readonly position: LogPosition } {
  const [, direction, timestamp, sequence] = /^([fb])\/(-?[0-9a-z]{1,13})\.(-?[0-9a-z]{1,13})$/.exec(token) ?? [];
  if (timestamp === undefined || sequence === undefined) {
    throw new LogsError("InvalidParameterException", "The specified nextToken is invalid.");
  }
  return {
    direction: direction === "b" ? "b" : "f",
    position: { timestamp: Number.parseInt(timestamp, 36), sequence: Number.parseInt(sequence, 36) },
  };
}
