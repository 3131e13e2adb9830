import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";

/** A process that can be killed, at whatever it is. */
export interface Killable {
  kill(): Promise<void>;
}

/**
 * A control plane on a free port, as a process of its own. `options` are a client's.
 * @param started takes the process at once, so that whoever cleans up ends it also if it never answers
 */
export async function startControlPlane(directory: string, started: Killable[]) {
  const main = join(import.meta.dirname, "../../packages/control-plane/src/main.ts");
  const child = spawn(process.execPath, [main, "--data-dir", directory, "--listen", "127.0.0.1:0"]);
  const ended = new Promise<void>((resolve) => child.on("close", () => resolve()));
  const house: Killable = {
    kill() {
      child.kill("SIGKILL");
      return ended;
    },
  };
  started.push(house);
  const endpoint = await new Promise<string>((resolve, reject) => {
    let output = "";
    const hear = (chunk: Buffer) => {
      output += chunk.toString();
      const url = /"url":"(http:[^"]+)"/.exec(output)?.[1];
      if (url !== undefined) resolve(url);
    };
    child.stdout.on("data", hear);
    child.stderr.on("data", hear);
    child.on("close", () => reject(new Error(output)));
  });
  const credentials = JSON.parse(readFileSync(join(directory, "credentials.json"), "utf8")) as {
    accessKeyId: string;
    secretAccessKey: string;
  };
  return { ...house, options: { endpoint, region: "us-east-1", credentials, maxAttempts: 1 } };
}
