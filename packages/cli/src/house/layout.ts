import { createHash } from "node:crypto";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

/** Where the things of one house lie. A house is one data directory with the processes that use it. */
export interface Layout {
  /** Absolute. */
  readonly dataDir: string;
  readonly logDir: string;
  readonly runDir: string;
  /** The root access key; written by the control plane at its first start, readable by its user alone. */
  readonly credentialsFile: string;
  /** What `up` was told, so that the other commands need not be told again. */
  readonly choicesFile: string;
  /** Ten hexadecimal digits that tell this house's containers from those of another on the same engine. */
  readonly houseId: string;
}

/** The checkout this program runs from. */
export const checkout = fileURLToPath(new URL("../../../../", import.meta.url));

/** @param dataDir as given with --data-dir; HATOBA_DATA_DIR or `~/.hatoba` otherwise. */
export function layoutOf(dataDir: string | undefined): Layout {
  const absolute = resolve(dataDir ?? process.env["HATOBA_DATA_DIR"] ?? join(homedir(), ".hatoba"));
  return {
    dataDir: absolute,
    logDir: join(absolute, "log"),
    runDir: join(absolute, "run"),
    credentialsFile: join(absolute, "credentials.json"),
    choicesFile: join(absolute, "run", "up.json"),
    houseId: createHash("sha256").update(absolute).digest("hex").slice(0, 10),
  };
}
