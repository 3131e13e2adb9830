import { readFile } from "node:fs/promises";
import type { Limits } from "../wire/limits.ts";

/** The services whose limits are beside this file. */
export type LimitedService =
  | "cloudwatch"
  | "ec2"
  | "ecr"
  | "ecs"
  | "efs"
  | "events"
  | "iam"
  | "logs"
  | "scheduler"
  | "secretsmanager"
  | "ssm"
  | "sts";

/** What the SDK's schemas do not say about a service's inputs. Written by scripts/generate-limits.py. */
export async function limitsOf(service: LimitedService): Promise<Limits> {
  return JSON.parse(await readFile(new URL(`./${service}.json`, import.meta.url), "utf8")) as Limits;
}
