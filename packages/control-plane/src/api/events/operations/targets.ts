import type { EventRule, RuleTarget } from "../../../model/event-rule.ts";
import { EventsError } from "../api-error.ts";
import { checkTarget } from "../check-target.ts";
import type { Operation } from "../operation.ts";
import { page } from "../page.ts";
import { changeRule, requireDefaultBus, requireRule } from "../require-rule.ts";

/** Source: EventBridge user guide, "Amazon EventBridge quotas". */
const targetsPerRule = 5;

/** Adds targets, or replaces those that have the same ids. All or none. Source: EventBridge API reference, PutTargets. */
export const putTargets: Operation<"PutTargets"> = async ({ Rule, EventBusName, Targets = [] }, context) => {
  const given = Targets as readonly RuleTarget[];
  for (const target of given) checkTarget(target);
  const ids = new Set(given.map(({ Id }) => Id));
  if (ids.size < given.length) throw new EventsError("ValidationException", "Duplicate target ids are not allowed.");
  await changeRule({ name: Rule, busName: EventBusName }, context, (rule) => {
    const targets = [...rule.targets.filter(({ Id }) => !ids.has(Id)), ...given];
    if (targets.length > targetsPerRule) {
      throw new EventsError("LimitExceededException", "The requested resource exceeds the maximum number allowed.");
    }
    return { ...rule, targets };
  });
  return { FailedEntryCount: 0, FailedEntries: [] };
};

/** Ids that the rule does not have come back as failed entries. Source: EventBridge API reference, RemoveTargets. */
export const removeTargets: Operation<"RemoveTargets"> = async ({ Rule, EventBusName, Ids = [] }, context) => {
  let missing: readonly string[] = [];
  await changeRule({ name: Rule, busName: EventBusName }, context, (rule: EventRule) => {
    missing = Ids.filter((id) => !rule.targets.some(({ Id }) => Id === id));
    const targets = rule.targets.filter(({ Id }) => !Ids.includes(Id));
    return targets.length === rule.targets.length ? rule : { ...rule, targets };
  });
  return {
    FailedEntryCount: missing.length,
    FailedEntries: missing.map((id) => ({
      TargetId: id,
      ErrorCode: "ResourceNotFoundException",
      ErrorMessage: `Rule ${Rule ?? ""} does not have a target with the Id ${id}.`,
    })),
  };
};

/** Source: EventBridge API reference, ListTargetsByRule. */
export const listTargetsByRule: Operation<"ListTargetsByRule"> = async (input, context) => {
  const { value } = requireRule({ name: input.Rule, busName: input.EventBusName }, context);
  const { items, NextToken } = page(value.targets, ({ Id }) => Id, input);
  return { Targets: [...items], ...(NextToken === undefined ? {} : { NextToken }) };
};

/** Source: EventBridge API reference, ListRuleNamesByTarget. */
export const listRuleNamesByTarget: Operation<"ListRuleNamesByTarget"> = async (input, context) => {
  requireDefaultBus(input.EventBusName, context);
  const names = context.store
    .snapshot()
    .list("eventRule")
    .filter(({ value }) => value.targets.some(({ Arn }) => Arn === input.TargetArn))
    .map(({ value }) => value.name);
  const { items, NextToken } = page(names, (name) => name, input);
  return { RuleNames: [...items], ...(NextToken === undefined ? {} : { NextToken }) };
};
