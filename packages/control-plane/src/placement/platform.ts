import type { LaunchType } from "@hatoba/contract";
import type { TaskDefinition } from "../model/task-definition.ts";

type Platform = Pick<TaskDefinition["registered"], "runtimePlatform">;
type Required = TaskDefinition["requiresAttributes"][number];

/** Whether a task definition says that its images are of Windows. */
export function isWindows({ runtimePlatform }: Platform): boolean {
  return runtimePlatform?.operatingSystemFamily?.startsWith("WINDOWS") ?? false;
}

/**
 * Attributes that a container instance must have for the operating system and the processor that a task definition names, so
 * that no task for Windows comes to Linux and none for Linux to Windows. A release of Windows Server is asked for by its name:
 * its images run on no other. What is not named is not asked for; on Fargate the operating system is Linux then, and the
 * processor is that of the capacity there is.
 * Source: ECS API reference, RuntimePlatform; ECS developer guide, task definition parameters, operatingSystemFamily.
 */
export function platformAttributes({ runtimePlatform }: Platform, launchType: LaunchType): readonly Required[] {
  const isFargate = launchType === "FARGATE";
  const family = runtimePlatform?.operatingSystemFamily ?? (isFargate ? "LINUX" : undefined);
  const architecture = isFargate ? undefined : runtimePlatform?.cpuArchitecture;
  return [
    ...(architecture === undefined ? [] : [{ name: "ecs.cpu-architecture", value: architecture.toLowerCase() }]),
    ...(family === undefined ? [] : [{ name: "ecs.os-type", value: family === "LINUX" ? "linux" : "windows" }]),
    ...(family === undefined || family === "LINUX" ? [] : [{ name: "ecs.os-family", value: family }]),
  ];
}
