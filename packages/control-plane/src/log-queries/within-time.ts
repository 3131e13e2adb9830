import vm from "node:vm";

const context = vm.createContext({ work: undefined as (() => void) | undefined });
const script = new vm.Script("work()");

/** What was to be done took too long, and was stopped in the middle. */
export class TookTooLong extends Error {
  override readonly name = "TookTooLong";
}

/**
 * Does something, and stops it if it takes longer, whatever it is at: a regular expression can take for ever.
 * @throws TookTooLong, and what `work` throws
 */
export function withinTime(milliseconds: number, work: () => void): void {
  context["work"] = work;
  try {
    script.runInContext(context, { timeout: milliseconds });
  } catch (error) {
    if ((error as { readonly code?: unknown } | undefined)?.code !== "ERR_SCRIPT_EXECUTION_TIMEOUT") throw error;
    throw new TookTooLong(`took longer than ${milliseconds} ms`, { cause: error });
  } finally {
    context["work"] = undefined;
  }
}
