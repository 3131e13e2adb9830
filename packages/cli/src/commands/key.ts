import { operatorCall } from "./operator-call.ts";

export interface RotateKeyOptions {
  readonly dataDir?: string;
  readonly revoke?: boolean;
}

/** `hatoba key rotate`: gives the house a new key and seals everything in its store with it. */
export async function rotateKey({ dataDir, revoke = false }: RotateKeyOptions): Promise<void> {
  const { resealed, oldKeysUntil } = await operatorCall(dataDir, "RotateHouseKey", { revoke });
  console.log(`The house has a new key; sealed anew: ${String(resealed)}.`);
  const until = new Date(Number(oldKeysUntil) * 1000).toISOString();
  console.log(
    revoke
      ? "The keys of before are gone: sessions of AssumeRole have ended, tasks are getting new credentials."
      : `The key of before opens what it issued until ${until}, and is deleted then. At once: --revoke`,
  );
}
