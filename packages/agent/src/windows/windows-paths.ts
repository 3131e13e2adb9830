import { win32 } from "node:path";

const pipe = /^[\\/]{2}\.[\\/]pipe[\\/]./;

/**
 * A path of the machine or of a container in the one form that Docker on Windows compares: lower case, backslashes, nothing
 * superfluous. A bare drive (`d:`) stays one, since `d:.` would mean the current folder there, and the name of a pipe is no path.
 * Source: agent protocol §10.1, Paths.
 */
export function canonicalPath(path: string): string {
  const lower = path.toLowerCase();
  if (lower === "" || /^[a-z]:$/.test(lower)) return lower;
  if (pipe.test(lower)) return lower.replaceAll("/", "\\");
  const normal = win32.normalize(lower);
  const clean = normal.endsWith("\\") && win32.parse(normal).root !== normal ? normal.slice(0, -1) : normal;
  // Node's normal form of a device's path without a device (`\\.\.`) has a shorter normal form of its own.
  return clean === lower ? clean : canonicalPath(clean);
}

/** Whether the source of a mount is a path of the machine; the names of volumes have neither slashes nor drives. */
export function isHostPath(source: string): boolean {
  return /[\\/]/.test(source) || /^[a-z]:$/i.test(source);
}
