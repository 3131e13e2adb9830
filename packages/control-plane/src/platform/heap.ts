import { setFlagsFromString } from "node:v8";

/**
 * Sets when V8 goes through the whole heap, for a process whose heap is large and lasting, and which is to answer meanwhile. The heap
 * may grow by 60 % before; the buffers that messages of a fleet arrive in count as a part of that, and not for themselves, as otherwise
 * every burst of them brings such a collection; and the one that V8 makes when it finds itself idle does not move everything together.
 * At 100,000 tasks each of these takes tenths of a second. A V8 that does not know a flag says so on standard error, and goes on.
 */
export function collectSeldom(): void {
  setFlagsFromString("--heap-growing-percent=60");
  setFlagsFromString("--external-memory-accounted-in-global-limit");
  setFlagsFromString("--no-memory-reducer-favors-memory");
}
