import { assumeRole } from "./operations/assume-role.ts";
import { getCallerIdentity } from "./operations/get-caller-identity.ts";

/** The operations of STS that there are; the others are answered as not built. */
export const operations = {
  AssumeRole: assumeRole,
  GetCallerIdentity: getCallerIdentity,
} satisfies Readonly<Record<string, (input: never, context: never) => Promise<object>>>;
