import type { LogConfiguration } from "@aws-sdk/client-ecs";
import type { NamedContainer } from "./check-containers.ts";
import { refuse } from "./refuse.ts";

/** Options without which a log driver cannot work, in the order in which ECS names them. */
const requiredOptions: Readonly<Record<string, readonly string[]>> = {
  awslogs: ["awslogs-region", "awslogs-group"],
  splunk: ["splunk-url", "splunk-token"],
};

/**
 * Log drivers and their options, and FireLens. Source: ECS API reference, LogConfiguration; texts: klothoplatform/klotho 892,
 * fabfuel/ecs-deploy 164, aws/amazon-cloudwatch-logs-for-fluent-bit 20.
 */
export function checkLogging(containers: readonly NamedContainer[], isFargate: boolean): void {
  const routers = containers.filter(({ firelensConfiguration }) => firelensConfiguration !== undefined);
  if (routers.length > 1) refuse("Only one container of a task definition can have a firelensConfiguration.");
  for (const { logConfiguration } of containers) {
    if (logConfiguration !== undefined) checkOptions(logConfiguration, isFargate);
  }
  const isRouted = containers.some(({ logConfiguration }) => logConfiguration?.logDriver === "awsfirelens");
  if (isRouted && routers.length === 0) {
    refuse(
      "When awsfirelens log driver is specified in log configuration, a firelens configuration object must be configured in one of the containers.",
    );
  }
  if (!isRouted && routers.length > 0) {
    refuse(
      "When a firelensConfiguration object is specified, at least one container has to be configured with the awsfirelens log driver.",
    );
  }
  for (const router of routers) checkRouter(router, isFargate);
}

function checkOptions(
  { logDriver = "json-file", options = {}, secretOptions = [] }: LogConfiguration,
  isFargate: boolean,
) {
  const given = new Set([...Object.keys(options), ...secretOptions.map(({ name }) => name)]);
  const required = [
    ...(requiredOptions[logDriver] ?? []),
    ...(logDriver === "awslogs" && isFargate ? ["awslogs-stream-prefix"] : []),
  ];
  const missing = required.filter((option) => !given.has(option));
  if (missing.length > 0) refuse(`Log driver ${logDriver} requires options: ${missing.join(", ")}`);
  const { mode, "max-buffer-size": size } = options;
  if (mode !== undefined && mode !== "blocking" && mode !== "non-blocking") {
    refuse("Log option 'mode' should be one of [blocking, non-blocking]");
  }
  if (size !== undefined && !/^\d+\s*[kKmMgG]?[bB]?$/.test(size))
    refuse(`Invalid log option 'max-buffer-size': ${size}`);
}

function checkRouter({ firelensConfiguration }: NamedContainer, isFargate: boolean): void {
  const { "config-file-type": type, "config-file-value": value } = firelensConfiguration?.options ?? {};
  if (type === undefined) return;
  if (type !== "s3" && type !== "file") refuse("FireLens option 'config-file-type' should be one of [s3, file]");
  if (type === "s3" && isFargate) {
    refuse("Fargate launch type does not support FirelensConfiguration config file from 's3'");
  }
  // Source of the text: aws/aws-sdk 311.
  if (type === "s3" && !/^arn:[^:]+:s3:::.+\/.+$/.test(value ?? "")) refuse("Invalid arn syntax.");
}
