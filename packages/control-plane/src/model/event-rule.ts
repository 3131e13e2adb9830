import type { Tag, Target } from "@aws-sdk/client-eventbridge";

/** What an event is sent to, as PutTargets gave it. */
export type RuleTarget = Target & { readonly Id: string; readonly Arn: string };

/** A rule of the default event bus as stored; keyed by its ARN. Written by operations. */
export interface EventRule {
  readonly name: string;
  /** JSON. */
  readonly eventPattern?: string;
  /** `rate(…)` or `cron(…)`. A rule has a pattern, a schedule, or both. */
  readonly scheduleExpression?: string;
  readonly state: "ENABLED" | "DISABLED" | "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS";
  readonly description?: string;
  readonly roleArn?: string;
  readonly targets: readonly RuleTarget[];
  readonly tags: readonly Tag[];
  readonly createdBy: string;
  /** Epoch milliseconds; when the schedule, or whether the rule is enabled, was last changed. A rate counts from then. */
  readonly scheduledSince: number;
}

type Place = { readonly region: string; readonly accountId: string };

export const eventBusArn = ({ region, accountId }: Place, name = "default"): string =>
  `arn:aws:events:${region}:${accountId}:event-bus/${name}`;
export const eventRuleArn = ({ region, accountId }: Place, name: string): string =>
  `arn:aws:events:${region}:${accountId}:rule/${name}`;
