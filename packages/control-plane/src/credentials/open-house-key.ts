import { randomBytes, randomUUID } from "node:crypto";
import { chmod, link, mkdir, readFile, unlink, writeFile } from "node:fs/promises";
import { dirname } from "node:path";

/**
 * The house's own secret of 32 bytes, kept in a file that only its owner can read. The first call makes it; two processes
 * that do so at once end up with the same one. @throws Error if the file is there but holds something else
 */
export async function openHouseKey(path: string): Promise<Buffer> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const draft = `${path}.${randomUUID()}`;
  await writeFile(draft, randomBytes(32), { mode: 0o600, flush: true });
  try {
    await link(draft, path);
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
  } finally {
    await unlink(draft);
  }
  await chmod(path, 0o600);
  const key = await readFile(path);
  if (key.length !== 32) throw new Error(`${path} does not hold a key of 32 bytes`);
  return key;
}
