import { execFile } from "node:child_process";
import type { MachineFacts } from "../runtime/container-runtime.ts";
import type { DockerEngine } from "../runtime/docker-engine.ts";
import { DockerRuntime } from "../runtime/docker-runtime.ts";
import { type EnginePlatform, linuxEngine } from "../runtime/engine-platform.ts";
import { installationTypeQuery, parseInstallationType, windowsOsFamily } from "./os-family.ts";
import { type WindowsBounds, windowsEngine } from "./windows-engine.ts";

/** The engine's machine, with the family of its operating system if that is Windows. @throws ContainerFailure */
export async function engineFacts(
  engine: DockerEngine,
  installationType: () => Promise<string | undefined> = readInstallationType,
): Promise<MachineFacts> {
  const facts = await new DockerRuntime({ engine }).describe();
  if (facts.windows === undefined) return facts;
  const osFamily = windowsOsFamily(facts.windows, await installationType());
  return { ...facts, windows: { ...facts.windows, osFamily } };
}

/** What the engine's containers run on. */
export function enginePlatform(
  facts: MachineFacts,
  bounds: Omit<WindowsBounds, "cpus"> = { cpuUnbounded: false, memoryUnbounded: false },
): EnginePlatform {
  return facts.windows === undefined ? linuxEngine : windowsEngine({ cpus: facts.cpus, ...bounds });
}

/** Of this machine's registry; undefined where there is none, as for an engine elsewhere. */
function readInstallationType(): Promise<string | undefined> {
  return new Promise((resolve) => {
    execFile("reg.exe", installationTypeQuery, { windowsHide: true, timeout: 10_000 }, (error, printed) =>
      resolve(error === null ? parseInstallationType(printed) : undefined),
    );
  });
}
