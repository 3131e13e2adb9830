import type { RuntimePlatform } from "@aws-sdk/client-ecs";
import { describe, expect, test } from "vitest";
import { platformAttributes } from "./platform.ts";

const asked = (runtimePlatform: RuntimePlatform | undefined, launchType: "EC2" | "EXTERNAL" | "FARGATE" = "EC2") =>
  platformAttributes({ runtimePlatform }, launchType).map(({ name, value }) => `${name}=${value}`);

describe.each(["EC2", "EXTERNAL"] as const)("%s", (launchType) => {
  test.each([
    [undefined, []],
    [{}, []],
    [{ operatingSystemFamily: "LINUX" as const }, ["ecs.os-type=linux"]],
    [{ cpuArchitecture: "ARM64" as const }, ["ecs.cpu-architecture=arm64"]],
    [
      { cpuArchitecture: "X86_64" as const, operatingSystemFamily: "LINUX" as const },
      ["ecs.cpu-architecture=x86_64", "ecs.os-type=linux"],
    ],
    [
      { operatingSystemFamily: "WINDOWS_SERVER_2022_CORE" as const },
      ["ecs.os-type=windows", "ecs.os-family=WINDOWS_SERVER_2022_CORE"],
    ],
    [
      { cpuArchitecture: "X86_64" as const, operatingSystemFamily: "WINDOWS_SERVER_2019_FULL" as const },
      ["ecs.cpu-architecture=x86_64", "ecs.os-type=windows", "ecs.os-family=WINDOWS_SERVER_2019_FULL"],
    ],
  ])("%j", (platform, attributes) => {
    expect(asked(platform, launchType)).toEqual(attributes);
  });
});

test.each([
  [undefined, ["ecs.os-type=linux"]],
  [{ cpuArchitecture: "ARM64" as const, operatingSystemFamily: "LINUX" as const }, ["ecs.os-type=linux"]],
  [
    { operatingSystemFamily: "WINDOWS_SERVER_2019_CORE" as const },
    ["ecs.os-type=windows", "ecs.os-family=WINDOWS_SERVER_2019_CORE"],
  ],
])("on Fargate %j is taken for what Fargate takes it for", (platform, attributes) => {
  expect(asked(platform, "FARGATE")).toEqual(attributes);
});
