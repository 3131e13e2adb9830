import type { GetScheduleOutput, ScheduleSummary } from "@aws-sdk/client-scheduler";
import type { Schedule } from "../../model/schedule.ts";

/** What a schedule has without saying so. Source: EventBridge Scheduler API reference, RetryPolicy. */
const retryPolicy = { MaximumEventAgeInSeconds: 86_400, MaximumRetryAttempts: 185 } as const;

export function describeSchedule(arn: string, schedule: Schedule): GetScheduleOutput {
  const { startDate, endDate, description, kmsKeyArn, windowMinutes, target } = schedule;
  return {
    ActionAfterCompletion: schedule.actionAfterCompletion,
    Arn: arn,
    CreationDate: new Date(schedule.createdAt),
    ...(description === undefined ? {} : { Description: description }),
    ...(endDate === undefined ? {} : { EndDate: new Date(endDate) }),
    FlexibleTimeWindow:
      windowMinutes === undefined ? { Mode: "OFF" } : { Mode: "FLEXIBLE", MaximumWindowInMinutes: windowMinutes },
    GroupName: schedule.groupName,
    ...(kmsKeyArn === undefined ? {} : { KmsKeyArn: kmsKeyArn }),
    LastModificationDate: new Date(schedule.modifiedAt),
    Name: schedule.name,
    ScheduleExpression: schedule.expression,
    ScheduleExpressionTimezone: schedule.timezone,
    ...(startDate === undefined ? {} : { StartDate: new Date(startDate) }),
    State: schedule.state,
    Target: { ...target, RetryPolicy: { ...retryPolicy, ...target.RetryPolicy } },
  };
}

export const summarizeSchedule = (arn: string, schedule: Schedule): ScheduleSummary => ({
  Arn: arn,
  CreationDate: new Date(schedule.createdAt),
  GroupName: schedule.groupName,
  LastModificationDate: new Date(schedule.modifiedAt),
  Name: schedule.name,
  State: schedule.state,
  Target: { Arn: schedule.target.Arn },
});
