import { existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { run } from "../engine/prepare-engine.ts";
import type { Layout } from "../house/layout.ts";
import { UserError } from "../terminal/user-error.ts";

/**
 * A statically linked busybox, which alone makes an image with a shell and a web server: this machine's, or the
 * distribution's package unpacked into the data directory, which needs no root.
 * @throws UserError saying what to install
 */
export async function findBusybox(layout: Layout, say: (doing: string) => void): Promise<string> {
  const unpacked = join(layout.dataDir, "cache", "busybox");
  const places = ["/bin/busybox", "/usr/bin/busybox", join(unpacked, "bin/busybox"), join(unpacked, "usr/bin/busybox")];
  const find = () => places.find(isStatic);
  const found = find();
  if (found !== undefined) return found;
  if (existsSync("/usr/bin/apt-get")) {
    say("fetching a static busybox (package busybox-static)");
    await unpackPackage(unpacked);
  }
  const path = find();
  if (path === undefined)
    throw new UserError(
      "The sample needs a static busybox. Install the package busybox-static (or busybox), or run `up --no-sample`.",
    );
  return path;
}

async function unpackPackage(into: string): Promise<void> {
  mkdirSync(into, { recursive: true });
  await run([
    "sh",
    "-c",
    'cd "$0" && { apt-get download -qq busybox-static || { apt-get update -qq && apt-get download -qq busybox-static; }; }',
    into,
  ]);
  const file = readdirSync(into).find((name) => name.endsWith(".deb"));
  if (file !== undefined) await run(["dpkg-deb", "-x", join(into, file), into]);
}

/** Whether a file is an ELF program without an interpreter, so that it runs in an image that holds nothing else. */
export function isStatic(path: string): boolean {
  if (!existsSync(path)) return false;
  const bytes = readFileSync(path);
  if (bytes.length < 64 || bytes.readUInt32BE(0) !== 0x7f454c46 || bytes[4] !== 2) return false; // "\x7fELF", 64 bits
  const [offset, size, count] = [Number(bytes.readBigUInt64LE(32)), bytes.readUInt16LE(54), bytes.readUInt16LE(56)];
  const interpreter = 3; // PT_INTERP
  return !Array.from({ length: count }, (_, at) => bytes.readUInt32LE(offset + at * size)).includes(interpreter);
}
