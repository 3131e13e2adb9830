import type { MachineKeys } from "../credentials/machine-keys.ts";
import type { SealedTexts } from "../credentials/sealed-text.ts";
import type { Resources } from "../model/resources.ts";
import type { Snapshot, Write } from "../store/store.ts";

/** What seals each kind of text in the store. */
export interface Sealers {
  readonly connections: SealedTexts;
  readonly parameters: SealedTexts;
  readonly secrets: SealedTexts;
  readonly machineKeys: MachineKeys;
}

type SealedKind = "eventConnection" | "parameterVersion" | "secretVersion" | "managedInstance";

/** By kind: the resource sealed with the house's current key; the same object where it is already. */
const reseal: { readonly [K in SealedKind]: (value: Resources[K], sealers: Sealers) => Resources[K] } = {
  eventConnection(value, { connections }) {
    const sealedParameters = connections.reseal(value.sealedParameters);
    return sealedParameters === value.sealedParameters ? value : { ...value, sealedParameters };
  },
  parameterVersion(value, { parameters }) {
    const sealedValue = parameters.reseal(value.sealedValue);
    return sealedValue === value.sealedValue ? value : { ...value, sealedValue };
  },
  secretVersion(value, { secrets }) {
    const sealedValue = secrets.reseal(value.sealedValue);
    return sealedValue === value.sealedValue ? value : { ...value, sealedValue };
  },
  managedInstance(value, { machineKeys }) {
    const sealedSecret = machineKeys.resealed(value);
    return sealedSecret === undefined || sealedSecret === value.sealedSecret ? value : { ...value, sealedSecret };
  },
};

/**
 * The next writes that seal anew what another key than the current one has sealed; none if there is nothing left.
 * @param most how many at once
 * @throws Error if something opens with none of the house's keys
 */
export function resealingWrites(snapshot: Snapshot, sealers: Sealers, most: number): readonly Write[] {
  const writes: Write[] = [];
  for (const kind of Object.keys(reseal) as SealedKind[]) {
    for (const { arn, revision, value } of snapshot.list(kind)) {
      const sealed = (reseal[kind] as (value: unknown, sealers: Sealers) => unknown)(value, sealers);
      if (sealed !== value) writes.push({ kind, arn, expected: revision, value: sealed } as Write);
      if (writes.length === most) return writes;
    }
  }
  return writes;
}
