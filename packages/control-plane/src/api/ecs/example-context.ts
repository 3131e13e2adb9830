import { ManualClock } from "../../platform/clock.ts";
import { countingIds } from "../../platform/ids.ts";
import { silentLogger } from "../../platform/logger.ts";
import { defaultSettings } from "../../settings.ts";
import { MemoryStore } from "../../store/memory-store.ts";
import type { Write } from "../../store/store.ts";
import type { OperationContext } from "../operation-context.ts";

/** What an operation gets in a test: an empty store, a clock that stands still, ids that count, and root calling. */
export function exampleContext(overrides: Partial<OperationContext> = {}): OperationContext {
  return {
    store: new MemoryStore(),
    clock: new ManualClock(),
    ids: countingIds(),
    settings: defaultSettings,
    logger: silentLogger,
    caller: {
      accountId: "000000000000",
      region: "us-east-1",
      arn: "arn:aws:iam::000000000000:root",
      userId: "000000000000",
      accessKeyId: "AKIAIOSFODNN7EXAMPLE",
    },
    endpoint: "http://127.0.0.1:4577",
    requestId: "00000000-0000-4000-8000-000000000000",
    ...overrides,
  };
}

/** Puts new resources into a context's store. */
export const given = (context: OperationContext, ...writes: readonly Omit<Write, "expected">[]): Promise<number> =>
  context.store.commit(writes.map((write) => ({ ...write, expected: 0 }) as Write));

/** The name and message that a call is refused with. */
export async function refusal(call: Promise<unknown>): Promise<string> {
  try {
    await call;
  } catch (error) {
    if (error instanceof Error) return `${error.name}: ${error.message}`;
    throw error;
  }
  return "it was not refused";
}
