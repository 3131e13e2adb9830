import { randomBytes } from "node:crypto";
import { chmod, readFile } from "node:fs/promises";
import { createOnce } from "../platform/create-once.ts";

/**
 * The house's own secret of 32 bytes, kept in a file that only its owner can read. The first call makes it; two processes
 * that do so at once end up with the same one. @throws Error if the file is there but holds something else
 */
export async function openHouseKey(path: string): Promise<Buffer> {
  await createOnce(path, randomBytes(32));
  await chmod(path, 0o600);
  const key = await readFile(path);
  if (key.length !== 32) throw new Error(`${path} does not hold a key of 32 bytes`);
  return key;
}
