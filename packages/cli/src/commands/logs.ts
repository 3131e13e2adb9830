import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { processNames } from "../house/house.ts";
import { layoutOf } from "../house/layout.ts";
import { UserError } from "../terminal/user-error.ts";

export interface LogsOptions {
  readonly dataDir?: string;
  readonly follow?: boolean;
  readonly lines: string;
}

/** `hatoba logs`: what the house's own processes said (names with a slash are log groups). @returns the exit code */
export async function logs(names: readonly string[], { dataDir, follow = false, lines }: LogsOptions): Promise<number> {
  const layout = layoutOf(dataDir);
  if (!/^\d+$/.test(lines)) throw new UserError(`--lines takes a number, not ${lines}`);
  const known: readonly string[] = [...processNames, "container-engine"];
  const unknown = names.find((name) => !known.includes(name));
  if (unknown !== undefined) throw new UserError(`There is no process ${unknown}; there are ${known.join(", ")}.`);
  const files = (names.length > 0 ? names : processNames)
    .map((name) => join(layout.logDir, `${name}.log`))
    .filter((path) => existsSync(path));
  if (files.length === 0) throw new UserError("There are no logs yet. Start the house with ./hatoba up");
  const tail = spawn("tail", ["-n", lines, ...(follow ? ["-F"] : []), ...files], { stdio: "inherit" });
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  tail.on("error", reject);
  tail.on("close", (code) => resolve(code ?? 1));
  return await promise;
}
