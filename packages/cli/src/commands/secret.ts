import { text } from "node:stream/consumers";
import { UserError } from "../terminal/user-error.ts";
import { operatorCall } from "./operator-call.ts";

export interface RotateSecretOptions {
  readonly dataDir?: string;
  readonly jsonKey?: string;
  readonly length?: string;
  readonly valueStdin?: boolean;
  readonly pending?: boolean;
  readonly finish?: boolean;
}

/** `hatoba secret rotate`: a new value for a secret. Values are read from standard input and never printed. */
export async function rotateSecret(secretId: string, options: RotateSecretOptions): Promise<void> {
  const { dataDir, jsonKey, length, valueStdin = false, pending = false, finish = false } = options;
  if (pending && finish)
    throw new UserError("--pending puts a new value, --finish makes it current: not both at once.");
  if (finish && (valueStdin || jsonKey !== undefined || length !== undefined)) {
    throw new UserError("--finish takes the value that is pending.");
  }
  if (length !== undefined && !/^\d+$/.test(length)) throw new UserError("--length takes a number of characters.");
  const value = valueStdin ? (await text(process.stdin)).replace(/\r?\n$/, "") : undefined;
  const { name, versionId } = await operatorCall(dataDir, "RotateSecret", {
    secretId,
    ...(pending ? { step: "create" } : finish ? { step: "finish" } : {}),
    ...(value === undefined ? {} : { value }),
    ...(jsonKey === undefined ? {} : { jsonKey }),
    ...(length === undefined ? {} : { length: Number(length) }),
  });
  const made = `Version ${String(versionId)} of ${String(name)}`;
  console.log(
    pending
      ? `${made} is AWSPENDING. Put it where it is used, and then: ./hatoba secret rotate ${String(name)} --finish`
      : `${made} is AWSCURRENT; the one of before is AWSPREVIOUS. Tasks that run keep the old one until they are replaced:\n  aws ecs update-service --service NAME --force-new-deployment`,
  );
}
