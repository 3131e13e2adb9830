import { setImmediate as nextTurn } from "node:timers/promises";
import {
  isResealing,
  outstandingMs,
  withNewKey,
  withOldKeysRetired,
  withoutOutdatedKeys,
} from "../credentials/key-ring.ts";
import type { HouseKeyFile } from "../credentials/open-house-key.ts";
import { UnopenableError } from "../credentials/sealed-text.ts";
import type { Clock } from "../platform/clock.ts";
import type { Logger } from "../platform/logger.ts";
import { ConflictError, type Store, type Stored, type Write } from "../store/store.ts";
import { resealingWrite, type SealedKind, type Sealers, sealedResources } from "./resealed.ts";

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
    try {
      await this.#inTurn(() => this.#tidy());
    } finally {
      // Also after a failure: the disk may have room again by then.
      if (!this.#isClosed) this.#callOff = this.#deps.clock.after(lookEvery, () => this.#lookAgain());
    }
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

  #lookAgain(): void {
    this.start().catch((error: unknown) =>
      this.#deps.logger.error({ err: error }, "the house's old keys were not dropped"),
    );
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
    const { keys, store, clock } = this.#deps;
    let count = 0;
    // What was sealed with the key of before has been accepted by now, if it is to be at all.
    const sealed = sealedResources(store.accepted());
    for (let at = 0; at < sealed.length; at += atOnce) {
      count += await this.#resealThese(sealed.slice(at, at + atOnce));
      await nextTurn();
    }
    await keys.replace(withOldKeysRetired(keys.ring, clock.now()));
    return count;
  }

  /** @returns how many texts were sealed anew */
  async #resealThese(these: readonly Stored<SealedKind>[]): Promise<number> {
    const { store } = this.#deps;
    for (;;) {
      const now = store.accepted();
      const present = these.flatMap(({ kind, arn }) => (now.get(kind, arn) ?? []) as Stored<SealedKind>[]);
      const writes = present.flatMap((stored) => this.#resealingWrite(stored) ?? []);
      if (writes.length === 0) return 0;
      try {
        await store.commit(writes);
        return writes.length;
      } catch (error) {
        if (!(error instanceof ConflictError)) throw error;
      }
    }
  }

  /** What no key opens is left as it is: keeping old keys would not help, and one such text must not stop the house. */
  #resealingWrite(stored: Stored<SealedKind>): Write | undefined {
    try {
      return resealingWrite(stored, this.#deps.sealers);
    } catch (error) {
      if (!(error instanceof UnopenableError)) throw error;
      this.#deps.logger.error({ err: error, kind: stored.kind, arn: stored.arn }, "a sealed text opens with no key");
      return undefined;
    }
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
