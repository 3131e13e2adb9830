import { CloudWatchError } from "./api-error.ts";

/** Tokens say how much was answered before; they are opaque to callers. */
export const writeToken = (skip: number): string => Buffer.from(`after ${skip}`).toString("base64url");

/** @throws CloudWatchError `name` for a token that is none of ours */
export function readToken(
  token: string | undefined,
  name: "InvalidNextToken" | "InvalidParameterValueException",
): number {
  if (token === undefined) return 0;
  const skip = Number(/^after (\d{1,15})$/.exec(Buffer.from(token, "base64url").toString())?.[1] ?? Number.NaN);
  if (writeToken(skip) !== token) throw new CloudWatchError(name, "Request parameter NextToken is invalid");
  return skip;
}
