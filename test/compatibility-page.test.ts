import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { operations as cloudWatch } from "../packages/control-plane/src/api/cloudwatch/operations.ts";
import { operations as ec2 } from "../packages/control-plane/src/api/ec2/operations.ts";
import { operations as ecr } from "../packages/control-plane/src/api/ecr/operations.ts";
import { operations as ecs } from "../packages/control-plane/src/api/ecs/operations.ts";
import { operations as efs } from "../packages/control-plane/src/api/efs/operations.ts";
import { operations as events } from "../packages/control-plane/src/api/events/operations.ts";
import { operations as iam } from "../packages/control-plane/src/api/iam/operations.ts";
import { operations as logs } from "../packages/control-plane/src/api/logs/operations.ts";
import { operations as operator } from "../packages/control-plane/src/api/operator/operations.ts";
import { operations as s3 } from "../packages/control-plane/src/api/s3/operations.ts";
import { operations as scheduler } from "../packages/control-plane/src/api/scheduler/operations.ts";
import { operations as secretsManager } from "../packages/control-plane/src/api/secrets-manager/operations.ts";
import { operations as ssm } from "../packages/control-plane/src/api/ssm/operations.ts";
import { operations as sts } from "../packages/control-plane/src/api/sts/operations.ts";

// docs/compatibility.md says of every operation whether it is done, partial or refused; here it is held against the tables.
const page = readFileSync(join(import.meta.dirname, "..", "docs/compatibility.md"), "utf8");

/** The rows of one service's table: operation, state, what is missing. */
function rowsOf(service: string): readonly (readonly [string, string, string])[] {
  const section = page.split(/^## /m).find((each) => each.startsWith(`${service}\n`)) ?? "";
  return [...section.matchAll(/^\| `(\w+)` \| (\w+) \| (.*) \|$/gm)].map(
    ([, operation = "", state = "", note = ""]) => [operation, state, note],
  );
}
const isBuilt = (entry: unknown) => typeof entry === "function";

describe.each([
  ["ECS", ecs],
  ["Hatoba", operator],
  ["CloudWatch Logs", logs],
  ["CloudWatch", cloudWatch],
  ["EC2", ec2],
  ["ECR", ecr],
  ["EFS", efs],
  ["IAM", iam],
  ["STS", sts],
  ["Secrets Manager", secretsManager],
  ["Systems Manager", ssm],
  ["EventBridge", events],
  ["EventBridge Scheduler", scheduler],
  ["S3", s3],
] as const)("%s", (service, table) => {
  const rows = rowsOf(service);

  test("has a row for every operation in its table, in order, and no other", () => {
    expect(rows.map(([operation]) => operation)).toEqual(Object.keys(table).toSorted());
  });

  test("says done or partial just for what is built", () => {
    const wrong = rows.filter(([operation, state]) => {
      const built = isBuilt((table as Readonly<Record<string, unknown>>)[operation]);
      return built ? state !== "done" && state !== "partial" : state !== "refused";
    });
    expect(wrong).toEqual([]);
  });

  test("says what is missing of what is partial", () => {
    expect(rows.filter(([, state, note]) => state === "partial" && note.trim() === "")).toEqual([]);
  });
});
