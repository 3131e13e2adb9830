import { CommittingStore, nowhere, type StoreOptions } from "./core/committing-store.ts";

/** A store that ends with the process; for tests and simulations. It behaves as the one on disk does, flush and all. */
export class MemoryStore extends CommittingStore {
  constructor(options: StoreOptions = {}) {
    super(nowhere(), options);
  }
}
