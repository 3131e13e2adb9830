import { eventBusArn } from "../../../model/event-rule.ts";
import type { Operation } from "../operation.ts";
import { requireDefaultBus } from "../require-rule.ts";

/** There is the default event bus alone. Source: EventBridge API reference, DescribeEventBus. */
export const describeEventBus: Operation<"DescribeEventBus"> = async ({ Name }, context) => {
  requireDefaultBus(Name, context);
  return { Name: "default", Arn: eventBusArn(context.caller) };
};

/** Source: EventBridge API reference, ListEventBuses. */
export const listEventBuses: Operation<"ListEventBuses"> = async ({ NamePrefix = "" }, { caller }) => ({
  EventBuses: "default".startsWith(NamePrefix) ? [{ Name: "default", Arn: eventBusArn(caller) }] : [],
});
