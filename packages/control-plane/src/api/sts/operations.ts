import type { OperationContext } from "../operation-context.ts";
import { getCallerIdentity } from "./operations/get-caller-identity.ts";

/** The operations of STS that there are; the others are answered as not built. */
export const operations = {
  GetCallerIdentity: getCallerIdentity,
} satisfies Readonly<Record<string, (input: never, context: OperationContext) => Promise<object>>>;
