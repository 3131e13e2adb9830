import { setFlagsFromString } from "node:v8";

/**
 * Sets when V8 goes through the whole heap, for a process whose heap is large and lasting, and which answers meanwhile: it may grow by
 * 60 % before, as otherwise the messages of a fleet, which come and go outside of the heap, bring such a collection every second; and
 * the one that V8 makes when it finds itself idle does not move everything together, which takes tenths of a second at 100,000 tasks.
 * Flags that a V8 does not know are without effect.
 */
export function collectSeldom(): void {
  setFlagsFromString("--heap-growing-percent=60");
  setFlagsFromString("--no-memory-reducer-favors-memory");
}
