import type { Rule } from "@aws-sdk/client-eventbridge";
import type { Stored } from "../../store/store.ts";

/** A rule as ListRules shows it; DescribeRule adds who made it. Source: EventBridge API reference, Rule. */
export const describeRule = ({ arn, value }: Stored<"eventRule">): Rule => ({
  Name: value.name,
  Arn: arn,
  ...(value.eventPattern === undefined ? {} : { EventPattern: value.eventPattern }),
  State: value.state,
  ...(value.description === undefined ? {} : { Description: value.description }),
  ...(value.scheduleExpression === undefined ? {} : { ScheduleExpression: value.scheduleExpression }),
  ...(value.roleArn === undefined ? {} : { RoleArn: value.roleArn }),
  EventBusName: "default",
});
