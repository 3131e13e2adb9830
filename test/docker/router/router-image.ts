import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readFileSync, realpathSync } from "node:fs";
import { join } from "node:path";
import { buildImage } from "@hatoba/agent";
import type Docker from "dockerode";
import { repository } from "../house.ts";

/** An image of this machine's own Node with the receiver in it, made once for each receiver: it is large. @returns its name */
export async function routerImage(engine: Docker): Promise<string> {
  const receiver = readFileSync(join(import.meta.dirname, "receiver.mjs"));
  const version = createHash("sha256").update(process.version).update(receiver).digest("hex").slice(0, 12);
  const name = `hatoba/test-log-router:${version}`;
  if (await isThere(engine, name)) return name;
  const node = realpathSync(process.execPath);
  // As `libc.so.6 => /lib/x86_64-linux-gnu/libc.so.6 (0x…)`, or the loader's path alone.
  const libraries = [
    ...execFileSync("ldd", [node], { encoding: "utf8" }).matchAll(/^\s*(?:\S+ => )?(\/\S+) \(0x/gm),
  ].map(([, path = ""]) => path);
  const files = Object.fromEntries(libraries.map((path) => [path, readFileSync(path)]));
  await buildImage(engine, {
    tag: name,
    files: {
      ...files,
      "/node": readFileSync(node),
      "/receiver.mjs": receiver,
      "/msgpack.cjs": readFileSync(join(repository, "node_modules/@msgpack/msgpack/dist.umd/msgpack.min.js")),
    },
    executable: ["/node", ...libraries],
    config: { entryPoint: ["/node", "/receiver.mjs"] },
  });
  return name;
}

const isThere = (engine: Docker, name: string): Promise<boolean> =>
  engine
    .getImage(name)
    .inspect()
    .then(
      () => true,
      () => false,
    );
