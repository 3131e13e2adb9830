import { join } from "node:path";
import { MachineKeys } from "../../packages/control-plane/src/credentials/machine-keys.ts";
import { HouseKeyFile } from "../../packages/control-plane/src/credentials/open-house-key.ts";
import { SealedTexts } from "../../packages/control-plane/src/credentials/sealed-text.ts";
import { SqliteStore } from "../../packages/control-plane/src/store/sqlite-store.ts";

/** The keys of a data directory, its store, and what seals texts in it. */
export async function openKeyHouse(directory: string, onFatal: (error: Error) => void) {
  const keys = await HouseKeyFile.open(join(directory, "house.key"));
  const texts = (purpose: string) => new SealedTexts(keys, purpose);
  return {
    keys,
    store: new SqliteStore({ path: join(directory, "store.db"), onFatal }),
    sealers: {
      connections: texts("event connections"),
      parameters: texts("parameters"),
      secrets: texts("secrets"),
      machineKeys: new MachineKeys(keys),
    },
  };
}
