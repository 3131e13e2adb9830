import { type EventRule, eventRuleArn } from "../../../model/event-rule.ts";
import { EventsError } from "../api-error.ts";
import { describeRule as describe } from "../describe-rule.ts";
import type { Operation } from "../operation.ts";
import { page } from "../page.ts";
import { changeRule, requireDefaultBus, requireRule } from "../require-rule.ts";

/** Source: EventBridge API reference, DescribeRule. */
export const describeRule: Operation<"DescribeRule"> = async ({ Name, EventBusName }, context) => {
  const rule = requireRule({ name: Name, busName: EventBusName }, context);
  return { ...describe(rule), CreatedBy: rule.value.createdBy };
};

/** Source: EventBridge API reference, ListRules. */
export const listRules: Operation<"ListRules"> = async (input, context) => {
  requireDefaultBus(input.EventBusName, context);
  const rules = context.store.snapshot().list("eventRule");
  const named = rules.filter(({ value }) => value.name.startsWith(input.NamePrefix ?? ""));
  const { items, NextToken } = page(named, ({ value }) => value.name, input);
  return { Rules: items.map(describe), ...(NextToken === undefined ? {} : { NextToken }) };
};

/** A rule that is not there is deleted already; one with targets stays. Source: EventBridge API reference, DeleteRule. */
export const deleteRule: Operation<"DeleteRule"> = async ({ Name = "", EventBusName }, context) => {
  requireDefaultBus(EventBusName, context);
  const { store, caller } = context;
  const rule = store.snapshot().get("eventRule", eventRuleArn(caller, Name));
  if (rule === undefined) return {};
  if (rule.value.targets.length > 0) {
    throw new EventsError("ValidationException", "Rule can't be deleted since it has targets.");
  }
  await store.commit([{ kind: "eventRule", arn: rule.arn, expected: rule.revision, value: null }]);
  return {};
};

const withState =
  (state: EventRule["state"], now: number) =>
  (rule: EventRule): EventRule =>
    rule.state === state ? rule : { ...rule, state, scheduledSince: now };

/** Source: EventBridge API reference, EnableRule. */
export const enableRule: Operation<"EnableRule"> = async ({ Name, EventBusName }, context) => {
  await changeRule({ name: Name, busName: EventBusName }, context, withState("ENABLED", context.clock.now()));
  return {};
};

/** Source: EventBridge API reference, DisableRule. */
export const disableRule: Operation<"DisableRule"> = async ({ Name, EventBusName }, context) => {
  await changeRule({ name: Name, busName: EventBusName }, context, withState("DISABLED", context.clock.now()));
  return {};
};
