import { execFileSync } from "node:child_process";
import { realpathSync } from "node:fs";
import { dirname, join } from "node:path";
import type { ContainerDefinition, Volume } from "@aws-sdk/client-ecs";
import { repository } from "../house.ts";

/** What runs the receiver in any image, beside the machine's own files. */
export interface Receiver {
  readonly volumes: readonly Volume[];
  readonly container: Required<Pick<ContainerDefinition, "entryPoint" | "command" | "mountPoints">>;
}

/**
 * The receiver by this machine's own Node: folders of the machine are mounted, since an image with a Node in it is of 130 MB
 * and takes an engine up to minutes to load.
 */
export function receiver(): Receiver {
  const node = realpathSync(process.execPath);
  // As `libc.so.6 => /lib/x86_64-linux-gnu/libc.so.6 (0x…)`, or the loader's path alone.
  const libraries = [...execFileSync("ldd", [node], { encoding: "utf8" }).matchAll(/^\s*(?:\S+ => )?(\/\S+) \(0x/gm)];
  const folders = new Map([
    ["/node", dirname(node)],
    ["/receiver", import.meta.dirname],
    ["/msgpack", join(repository, "node_modules/@msgpack/msgpack/dist.umd")],
    ...libraries.map(([, path = ""]) => [dirname(path), dirname(path)] as const),
  ]);
  const mounts = [...folders].map(([containerPath, sourcePath], index) => ({
    volume: { name: `machine-${index}`, host: { sourcePath } },
    mountPoint: { sourceVolume: `machine-${index}`, containerPath, readOnly: true },
  }));
  return {
    volumes: mounts.map(({ volume }) => volume),
    container: {
      entryPoint: [join("/node", "node"), "/receiver/receiver.mjs"],
      command: [],
      mountPoints: mounts.map(({ mountPoint }) => mountPoint),
    },
  };
}
