import { statfs } from "node:fs/promises";
import { join } from "node:path";
import type { Clock } from "../platform/clock.ts";
import type { Logger } from "../platform/logger.ts";
import { BlockLogStore } from "./block-log-store.ts";
import { keepBudget } from "./keep-budget.ts";
import { keepRetention } from "./keep-retention.ts";
import type { LogStore } from "./log-store.ts";
import { migrateRows } from "./migrate-rows.ts";
import { keepSealed } from "./seal/keep-sealed.ts";
import { ThreadSealer } from "./seal/sealer.ts";
import { ThreadFinder } from "./search/block-finder.ts";

/** Room on disk: so much, or a share (0 to 1) of the file system. */
export type LogBudget = { readonly bytes: number } | { readonly share: number };

export interface OpenedLogStore {
  readonly logStore: LogStore;
  /** Stops what keeps it tidy, flushes what is under way, and lets go of the files. */
  close(): Promise<void>;
}

/**
 * The log store of a data directory, tidied from now on: by its groups' retention, by its budget, and sealed at least hourly. What an
 * earlier version kept is carried over first.
 * @param budget of disk for all logs; no limit if absent
 * @param onFatal told once, when nothing can be made durable any more
 * @throws DatabaseInUseError @throws DatabaseUnusableError
 */
export async function openLogStore({
  dataDir,
  budget,
  clock,
  logger,
  onFatal,
}: {
  readonly dataDir: string;
  readonly budget?: LogBudget;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly onFatal: (error: Error) => void;
}): Promise<OpenedLogStore> {
  const open = (directory: string) =>
    new BlockLogStore({ directory, sealer: new ThreadSealer(), finder: new ThreadFinder(), logger, onFatal });
  const directory = join(dataDir, "logs");
  await migrateRows({
    file: join(dataDir, "logs.db"),
    directory,
    open,
    onBegin: () => logger.info({ dataDir }, "carrying logs over to their new form; this may take a while"),
  });
  const logStore = open(directory);
  const budgetBytes = budget && (await bytesOf(budget, directory));
  const stops = [
    keepRetention({ logStore, clock, logger }),
    keepSealed({ logStore, clock, logger }),
    ...(budgetBytes === undefined ? [] : [keepBudget({ logStore, budgetBytes, clock, logger })]),
  ];
  return {
    logStore,
    async close() {
      await Promise.all(stops.map((stop) => stop()));
      await logStore.close();
    },
  };
}

async function bytesOf(budget: LogBudget, directory: string): Promise<number> {
  if ("bytes" in budget) return budget.bytes;
  const { blocks, bsize } = await statfs(directory);
  return Math.floor(blocks * bsize * budget.share);
}
