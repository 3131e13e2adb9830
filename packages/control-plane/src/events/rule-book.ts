import type { EventRule } from "../model/event-rule.ts";
import type { Logger } from "../platform/logger.ts";
import type { Stored } from "../store/store.ts";
import type { AwsEvent } from "./aws-event.ts";
import type { EventPattern } from "./pattern/event-pattern.ts";
import { couldMatch, matchesPattern } from "./pattern/match-pattern.ts";
import { parsePattern } from "./pattern/parse-pattern.ts";

/** A rule as deliveries name it. */
export type ActiveRule = Pick<EventRule, "name" | "targets"> & { readonly arn: string };

/** The enabled rules that have a pattern, ready to match events. It is told of every change of a rule. */
export class RuleBook {
  private readonly rules = new Map<string, { readonly rule: ActiveRule; readonly pattern: EventPattern }>();
  private readonly logger: Logger;
  /** Whether a rule wants events of ECS of a detail type; forgotten with every change of a rule. */
  private readonly wanted = new Map<string, boolean>();

  constructor({ logger }: { readonly logger: Logger }) {
    this.logger = logger;
  }

  /** A rule is as given from now on; gone if `value` is undefined. */
  set(arn: string, value: EventRule | undefined): void {
    this.wanted.clear();
    this.rules.delete(arn);
    if (value?.eventPattern === undefined || value.state === "DISABLED" || value.targets.length === 0) return;
    try {
      this.rules.set(arn, { rule: activeRule({ arn, value }), pattern: parsePattern(value.eventPattern) });
    } catch (error) {
      this.logger.error({ err: error, ruleArn: arn }, "stored event pattern cannot be read");
    }
  }

  /** Whether any rule could match events of ECS of that type, so that nobody has to make them for nobody. */
  wants(detailType: string): boolean {
    const known = this.wanted.get(detailType);
    if (known !== undefined) return known;
    const facts = { source: "aws.ecs", "detail-type": detailType, version: "0" };
    const wants = [...this.rules.values()].some(({ pattern }) => couldMatch(pattern, facts));
    this.wanted.set(detailType, wants);
    return wants;
  }

  matching(event: AwsEvent): readonly ActiveRule[] {
    return [...this.rules.values()].filter(({ pattern }) => matchesPattern(pattern, event)).map(({ rule }) => rule);
  }
}

/** What deliveries need of a rule. */
export const activeRule = ({ arn, value }: Pick<Stored<"eventRule">, "arn" | "value">): ActiveRule => ({
  arn,
  name: value.name,
  targets: value.targets,
});
