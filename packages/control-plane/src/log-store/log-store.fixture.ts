import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { silentLogger } from "../platform/logger.ts";
import { BlockLogStore, type BlockLogStoreOptions } from "./block-log-store.ts";
import { seal } from "./seal/seal-work.ts";
import type { Sealer } from "./seal/sealer.ts";
import { directFinder } from "./search/block-finder.ts";

/** Seals where it is called. */
export const directSealer: Sealer = { seal: async (work) => seal(work), close: async () => undefined };

/** A folder of its own, and a log store in it that can be opened again. */
export class LogStoreFixture {
  readonly directory = mkdtempSync(join(tmpdir(), "hatoba-logs-"));
  readonly failures: Error[] = [];
  #opened: BlockLogStore | undefined;
  #options: Partial<BlockLogStoreOptions>;

  constructor(options: Partial<BlockLogStoreOptions> = {}) {
    this.#options = options;
  }

  get store(): BlockLogStore {
    this.#opened ??= new BlockLogStore({
      directory: this.directory,
      sealer: directSealer,
      finder: directFinder,
      logger: silentLogger,
      onFatal: (error) => this.failures.push(error),
      ...this.#options,
    });
    return this.#opened;
  }

  /** Closes the store and opens it again. */
  async reopen(): Promise<BlockLogStore> {
    await this.#opened?.close();
    this.#opened = undefined;
    return this.store;
  }

  /** Removes everything. */
  async end(): Promise<void> {
    await this.#opened?.close();
    rmSync(this.directory, { recursive: true, force: true });
  }
}
