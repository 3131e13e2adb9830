import { closeSync, constants, fstatSync, openSync, readSync } from "node:fs";

/** More of it is not looked at, in bytes. */
const mostBytes = 64 * 1024;

/**
 * The beginning of a file whose owner is not to be trusted, as one inside a container: undefined for what is no regular file,
 * so that no pipe is waited for, and never more than 64 KiB.
 */
export function smallFile(path: string): string | undefined {
  let file: number | undefined;
  try {
    file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY);
    if (!fstatSync(file).isFile()) return undefined;
    const bytes = Buffer.alloc(mostBytes);
    return bytes.toString("utf8", 0, readSync(file, bytes, 0, mostBytes, 0));
  } catch {
    return undefined;
  } finally {
    if (file !== undefined) closeSync(file);
  }
}
