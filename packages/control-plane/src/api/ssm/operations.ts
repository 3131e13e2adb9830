import type { OperationContext } from "../operation-context.ts";

/** The operations of Systems Manager that there are; the others are answered as not built. */
export const operations = {} satisfies Readonly<
  Record<string, (input: never, context: OperationContext) => Promise<object>>
>;
