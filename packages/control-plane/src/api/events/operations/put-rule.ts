import type { Tag } from "@aws-sdk/client-eventbridge";
import { BadPattern } from "../../../events/pattern/event-pattern.ts";
import { parsePattern } from "../../../events/pattern/parse-pattern.ts";
import { BadSchedule } from "../../../events/schedule/bad-schedule.ts";
import { parseSchedule } from "../../../events/schedule/parse-schedule.ts";
import { type EventRule, eventRuleArn } from "../../../model/event-rule.ts";
import { ConflictError } from "../../../store/store.ts";
import { EventsError } from "../api-error.ts";
import type { Operation } from "../operation.ts";
import { requireDefaultBus } from "../require-rule.ts";

/**
 * Makes a rule, or gives an existing one all that the call says and nothing else; its targets and tags stay.
 * Source: EventBridge API reference, PutRule.
 */
export const putRule: Operation<"PutRule"> = async (input, context) => {
  const { store, clock, caller } = context;
  const { Name = "", EventPattern, ScheduleExpression, Description, RoleArn, State = "ENABLED" } = input;
  requireDefaultBus(input.EventBusName, context);
  const now = clock.now();
  if (!EventPattern && !ScheduleExpression) {
    throw invalid("Parameter(s) EventPattern or ScheduleExpression must be specified.");
  }
  if (EventPattern) requirePattern(EventPattern);
  if (ScheduleExpression) requireSchedule(ScheduleExpression, now);
  const arn = eventRuleArn(caller, Name);
  for (;;) {
    const current = store.snapshot().get("eventRule", arn);
    const isSameBeat =
      current !== undefined && current.value.scheduleExpression === ScheduleExpression && current.value.state === State;
    const value: EventRule = {
      name: Name,
      ...(EventPattern ? { eventPattern: EventPattern } : {}),
      ...(ScheduleExpression ? { scheduleExpression: ScheduleExpression } : {}),
      state: State,
      ...(Description === undefined ? {} : { description: Description }),
      ...(RoleArn === undefined ? {} : { roleArn: RoleArn }),
      targets: current?.value.targets ?? [],
      tags: current?.value.tags ?? newTags(input.Tags),
      createdBy: current?.value.createdBy ?? caller.accountId,
      scheduledSince: isSameBeat ? current.value.scheduledSince : now,
    };
    try {
      await store.commit([{ kind: "eventRule", arn, expected: current?.revision ?? 0, value }]);
      return { RuleArn: arn };
    } catch (error) {
      if (!(error instanceof ConflictError)) throw error;
    }
  }
};

const invalid = (message: string, options?: ErrorOptions) => new EventsError("ValidationException", message, options);

/** The last of several tags with one key is the one that counts. */
const newTags = (tags: readonly Tag[] = []): readonly Tag[] => [...new Map(tags.map((tag) => [tag.Key, tag])).values()];

/** @throws EventsError InvalidEventPatternException */
export function requirePattern(text: string): ReturnType<typeof parsePattern> {
  try {
    return parsePattern(text);
  } catch (error) {
    if (!(error instanceof BadPattern)) throw error;
    const message = `Event pattern is not valid. Reason: ${error.message}`;
    throw new EventsError("InvalidEventPatternException", message, { cause: error });
  }
}

function requireSchedule(expression: string, now: number): void {
  try {
    parseSchedule(expression, now);
  } catch (error) {
    if (!(error instanceof BadSchedule)) throw error;
    throw invalid(`Parameter ScheduleExpression is not valid: ${error.message}.`, { cause: error });
  }
}
