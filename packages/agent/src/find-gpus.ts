import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { promisify } from "node:util";
import type { Logger } from "./platform/logger.ts";
import type { MachineFacts } from "./runtime/container-runtime.ts";

type Gpus = NonNullable<MachineFacts["gpus"]>;

/** Written by the service wrapper of the genuine agent, and by whoever wants to say it. Source: agent protocol §10.3. */
const infoFile = "/var/lib/ecs/gpu/nvidia-gpu-info.json";
const longestMs = 30_000;
const run = promisify(execFile);

/** Where the GPUs of a machine can be read. */
export interface GpuSources {
  /** @throws if there is no such file */
  info(): Promise<string>;
  /** What `nvidia-smi` lists: a line `UUID, DRIVER-VERSION` each. @throws if there is no such program */
  list(): Promise<string>;
}

const ofThisMachine: GpuSources = {
  info: () => readFile(infoFile, "utf8"),
  list: async () => {
    const query = ["--query-gpu=uuid,driver_version", "--format=csv,noheader"];
    return (await run("nvidia-smi", query, { timeout: longestMs })).stdout;
  },
};

/**
 * The NVIDIA GPUs of this machine, by the file that says so or else by its driver; undefined if they are not wanted or there
 * are none.
 */
export async function findGpus(
  isWanted: boolean,
  logger: Pick<Logger, "warn">,
  sources: GpuSources = ofThisMachine,
): Promise<Gpus | undefined> {
  if (!isWanted) return undefined;
  try {
    const text = await sources.info().catch(() => undefined);
    const gpus = text === undefined ? parseList(await sources.list()) : parseInfo(text);
    if (gpus.ids.length > 0) return gpus;
    logger.warn({}, "GPUs are wanted, and this machine has none");
  } catch (error) {
    logger.warn({ err: error }, "GPUs are wanted, and this machine does not say which it has");
  }
  return undefined;
}

/** @throws Error if it is something else */
function parseInfo(text: string): Gpus {
  const { DriverVersion, GPUIDs } = JSON.parse(text) as { readonly DriverVersion?: unknown; readonly GPUIDs?: unknown };
  if (typeof DriverVersion !== "string" || !Array.isArray(GPUIDs)) throw new Error(`${infoFile} lists no GPUs`);
  return { ids: GPUIDs.map(String), driverVersion: DriverVersion };
}

function parseList(text: string): Gpus {
  const lines = text.split("\n").flatMap((line) => {
    const [id, driverVersion] = line.split(",").map((part) => part.trim());
    return id && driverVersion ? [{ id, driverVersion }] : [];
  });
  return { ids: lines.map(({ id }) => id), driverVersion: lines[0]?.driverVersion ?? "" };
}
