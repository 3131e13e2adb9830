import type { MachineKeys } from "../credentials/machine-keys.ts";
import type { SealedTexts } from "../credentials/sealed-text.ts";
import type { Resources } from "../model/resources.ts";
import type { Snapshot, Stored, Write } from "../store/store.ts";

/** What seals each kind of text in the store. */
export interface Sealers {
  readonly connections: SealedTexts;
  readonly parameters: SealedTexts;
  readonly secrets: SealedTexts;
  readonly machineKeys: MachineKeys;
}

/** The kinds of resources that have something sealed in them. */
export type SealedKind = "eventConnection" | "parameterVersion" | "secretVersion" | "managedInstance";

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

/** Everything in the store that is sealed. */
export const sealedResources = (snapshot: Snapshot): readonly Stored<SealedKind>[] =>
  (Object.keys(reseal) as SealedKind[]).flatMap((kind) => snapshot.list(kind));

/**
 * The write that seals something anew; undefined if the house's current key has sealed it already.
 * @throws UnopenableError if it opens with none of the house's keys
 */
export function resealingWrite(
  { kind, arn, revision, value }: Stored<SealedKind>,
  sealers: Sealers,
): Write | undefined {
  const sealed = (reseal[kind] as (value: unknown, sealers: Sealers) => unknown)(value, sealers);
  return sealed === value ? undefined : ({ kind, arn, expected: revision, value: sealed } as Write);
}
