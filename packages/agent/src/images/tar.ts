import { posix } from "node:path";
import { pack } from "tar-stream";

/** A file, or with `linkTo` a symbolic link, at a path without a leading slash. */
export interface TarEntry {
  readonly path: string;
  readonly content?: string | Uint8Array;
  readonly linkTo?: string;
  /** Permission bits; 0644 if left out. */
  readonly mode?: number;
}

/** A tar archive of the entries and the folders they need. The same entries give the same bytes: times and owners are zero. */
export async function tarOf(entries: readonly TarEntry[]): Promise<Buffer> {
  const archive = pack();
  const common = { mtime: new Date(0), uid: 0, gid: 0 };
  for (const name of foldersOf(entries)) {
    archive.entry({ ...common, name: `${name}/`, type: "directory", mode: name === "tmp" ? 0o1777 : 0o755 });
  }
  for (const { path, content, linkTo, mode } of entries) {
    if (linkTo !== undefined) archive.entry({ ...common, name: path, type: "symlink", linkname: linkTo, mode: 0o777 });
    else if (!path.endsWith("/")) {
      archive.entry({ ...common, name: path, mode: mode ?? 0o644 }, Buffer.from(content ?? ""));
    }
  }
  archive.finalize();
  const chunks: Uint8Array[] = [];
  for await (const chunk of archive) chunks.push(chunk as Uint8Array);
  return Buffer.concat(chunks);
}

/** Every folder above an entry, outer ones first; an entry whose path ends in a slash is a folder itself. */
function foldersOf(entries: readonly TarEntry[]): readonly string[] {
  const folders = new Set<string>();
  for (const { path } of entries) {
    const own = path.endsWith("/") ? path.slice(0, -1) : posix.dirname(path);
    for (let folder = own; folder !== "." && folder !== "/"; folder = posix.dirname(folder)) folders.add(folder);
  }
  return [...folders].toSorted();
}
