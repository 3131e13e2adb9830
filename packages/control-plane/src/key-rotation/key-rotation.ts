import {
  isResealing,
  outstandingMs,
  withNewKey,
  withOldKeysRetired,
  withoutOutdatedKeys,
} from "../credentials/key-ring.ts";
import type { HouseKeyFile } from "../credentials/open-house-key.ts";
import type { Clock } from "../platform/clock.ts";
import type { Logger } from "../platform/logger.ts";
import { ConflictError, type Store } from "../store/store.ts";
import { resealingWrites, type Sealers } from "./resealed.ts";

/** How many texts are sealed anew in one commit. */
const atOnce = 200;
/** Longest between a text's sealing and the end of its commit, in milliseconds, and far more than that takes. */
const commitMs = 1000;
/** How often old keys are looked at, in milliseconds. */
const lookEvery = 60 * 60_000;

export interface KeyRotationDependencies {
  readonly keys: HouseKeyFile;
  readonly store: Store;
  readonly sealers: Sealers;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Old keys have been dropped ahead of time: what was issued with them opens nothing any more. */
  readonly onRevoked?: () => void;
}

/** What a change of keys did. */
export interface RotatedKeys {
  /** How many texts of the store were sealed anew. */
  readonly resealed: number;
  /** Epoch milliseconds, until when the keys of before open what was issued with them. */
  readonly oldKeysUntil: number;
}

/**
 * Changes the house's key: a new one seals from then on, everything in the store is sealed anew with it, and the old one
 * opens for another twelve hours what it has issued, as temporary credentials. Each step is durable before the next and is
 * taken up again at a start, so that the process may end at any line of it.
 */
export class KeyRotation {
  readonly #deps: KeyRotationDependencies;
  #working: Promise<unknown> = Promise.resolve();
  #callOff = () => {};
  #isClosed = false;

  constructor(deps: KeyRotationDependencies) {
    this.#deps = deps;
  }

  /** Ends what an earlier process had begun, and looks after old keys from then on. Resolves when nothing is left to seal. */
  async start(): Promise<void> {
    await this.#inTurn(() => this.#tidy());
    if (this.#isClosed) return;
    this.#callOff = this.#deps.clock.after(lookEvery, () => {
      this.start().catch((error: unknown) =>
        this.#deps.logger.error({ err: error }, "the house's old keys were not dropped"),
      );
    });
  }

  /** @param revoke drops the old keys at once: whatever they issued ends, and tasks get new credentials */
  rotate({ revoke = false }: { readonly revoke?: boolean } = {}): Promise<RotatedKeys> {
    return this.#inTurn(async () => {
      const { keys, clock, logger } = this.#deps;
      await this.#tidy(); // an unfinished change first
      await keys.replace(withNewKey(keys.ring, clock.now()));
      const resealed = await this.#reseal();
      logger.info({ count: resealed }, "the house has a new key");
      if (!revoke) return { resealed, oldKeysUntil: clock.now() + outstandingMs };
      await new Promise<void>((resolve) => void clock.after(commitMs, resolve));
      await this.#drop(0);
      this.#deps.onRevoked?.();
      return { resealed, oldKeysUntil: clock.now() };
    });
  }

  close(): void {
    this.#isClosed = true;
    this.#callOff();
  }

  async #tidy(): Promise<void> {
    const { keys } = this.#deps;
    if (isResealing(keys.ring)) await this.#reseal();
    await this.#drop(outstandingMs);
  }

  /** @returns how many texts were sealed anew */
  async #reseal(): Promise<number> {
    const { keys, store, sealers, clock } = this.#deps;
    let count = 0;
    for (;;) {
      const writes = resealingWrites(store.snapshot(), sealers, atOnce);
      if (writes.length === 0) break;
      try {
        await store.commit(writes);
        count += writes.length;
      } catch (error) {
        if (!(error instanceof ConflictError)) throw error;
      }
    }
    await keys.replace(withOldKeysRetired(keys.ring, clock.now()));
    return count;
  }

  /** Drops old keys, after a last look for what was being committed while the key changed. */
  async #drop(keptMs: number): Promise<void> {
    const { keys, clock } = this.#deps;
    if (keys.all.length === withoutOutdatedKeys(keys.ring, clock.now(), keptMs).filter(({ key }) => key).length) return;
    await this.#reseal();
    await keys.replace(withoutOutdatedKeys(keys.ring, clock.now(), keptMs));
    this.#deps.logger.info({ count: keys.all.length }, "old keys of the house are gone");
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#working.then(work, work);
    this.#working = turn.catch(() => undefined);
    return turn;
  }
}
