import type { TaskOverride } from "@aws-sdk/client-ecs";
import type { LaunchType } from "@hatoba/contract";
import type { TaskDefinition } from "../../../model/task-definition.ts";
import { parseCpuUnits, parseMemoryMiB } from "../../../model/task-demand.ts";
import { EcsError } from "../api-error.ts";
import { isFargateSize } from "../task-definition/fargate-sizes.ts";

const invalid = (message: string) => new EcsError("InvalidParameterException", message);

/** In characters, as JSON. Source: ECS API reference, RunTask, `overrides`. */
const longestOverrides = 8192;

/**
 * Whether overrides fit a task definition.
 * @throws EcsError InvalidParameterException if they name a container that it does not have, or one twice; if they are
 * too long; or if their task size is none, or none of Fargate's.
 */
export function checkOverrides(
  overrides: TaskOverride | undefined,
  { registered }: TaskDefinition,
  launchType: LaunchType,
): void {
  if (overrides === undefined) return;
  const known = new Set((registered.containerDefinitions ?? []).map(({ name }) => name));
  const seen = new Set<string>();
  for (const { name } of overrides.containerOverrides ?? []) {
    if (!name) throw invalid("Container override name can not be blank.");
    if (!known.has(name))
      throw invalid(`Override for container named ${name} is not a container in the TaskDefinition.`);
    if (seen.has(name)) throw invalid(`Container ${name} has more than one override.`);
    seen.add(name);
  }
  if (JSON.stringify(overrides).length > longestOverrides) {
    throw invalid(`Container Overrides length must be at most ${longestOverrides}`);
  }
  const cpu = overrides.cpu ? requireSize(overrides.cpu, parseCpuUnits, "cpu") : undefined;
  const memory = overrides.memory ? requireSize(overrides.memory, parseMemoryMiB, "memory") : undefined;
  if (launchType === "FARGATE" && (cpu !== undefined || memory !== undefined)) {
    checkFargateSize(cpu ?? Number(registered.cpu), memory ?? Number(registered.memory), registered);
  }
}

function requireSize(text: string, parse: (text: string) => number | undefined, name: string): number {
  const size = parse(text);
  if (size === undefined || size <= 0) throw invalid(`Invalid '${name}' setting for task.`);
  return size;
}

function checkFargateSize(cpu: number, memory: number, { runtimePlatform }: TaskDefinition["registered"]): void {
  const isWindows = runtimePlatform?.operatingSystemFamily?.startsWith("WINDOWS") ?? false;
  if (isFargateSize(cpu, memory, isWindows)) return;
  throw invalid(`No Fargate configuration exists for given values: ${cpu} CPU, ${memory} memory.`);
}
