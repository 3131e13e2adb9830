import { readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Catalogue } from "../catalogue.ts";
import { makeDirectory } from "../journal/journal.ts";
import { segmentName } from "../seal/seal-work.ts";

/** Removes files that the catalogue knows nothing of: their process ended before they counted, or before they were removed. */
export function removeStrangers(directory: string, catalogue: Catalogue): void {
  makeDirectory(directory);
  for (const folder of readdirSync(directory)) {
    const group = catalogue.byId.get(Number(folder));
    const known = new Set([...(group?.segments.values() ?? [])].map(segmentName));
    const names = readdirSync(join(directory, folder)).map((name) => join(folder, name));
    for (const name of names) if (!known.has(name)) rmSync(join(directory, name));
    if (group === undefined || known.size === 0) rmSync(join(directory, folder), { recursive: true });
  }
}
