import { checkLogStore } from "./log-store.conformance.ts";
import { MemoryLogStore } from "./memory-log-store.ts";

checkLogStore("in memory", {
  open: async () => new MemoryLogStore(),
  settle: async () => undefined,
  end: (store) => store.close(),
});
