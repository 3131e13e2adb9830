import type { KeyRotation } from "../../../key-rotation/key-rotation.ts";

/** RotateHouseKey, which AWS does not have: its run-time schema, as an SDK's module would bring it. */
export const RotateHouseKey$ = [
  9,
  "hatoba",
  "RotateHouseKey",
  0,
  [3, "hatoba", "RotateHouseKeyRequest", 0, ["revoke"], [2]],
  [3, "hatoba", "RotateHouseKeyResponse", 0, ["resealed", "oldKeysUntil"], [1, 4]],
] as const;

/**
 * Gives the house a new key and seals everything with it. With `revoke`, whatever the old one issued ends at once: sessions
 * of AssumeRole have to be opened anew, tasks get new credentials without asking.
 */
export async function rotateHouseKey(
  { revoke }: { readonly revoke?: boolean },
  { keyRotation }: { readonly keyRotation: Pick<KeyRotation, "rotate"> },
): Promise<{ readonly resealed: number; readonly oldKeysUntil: Date }> {
  const { resealed, oldKeysUntil } = await keyRotation.rotate({ revoke: revoke === true });
  return { resealed, oldKeysUntil: new Date(oldKeysUntil) };
}
