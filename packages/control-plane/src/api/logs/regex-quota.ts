import { type FilterPattern, parseFilterPattern } from "../../log-filters/pattern/filter-pattern.ts";
import { LogsError } from "./api-error.ts";
import type { LogsContext } from "./operation.ts";

/** Source: CloudWatch Logs user guide, "Filter pattern syntax": filters with regular expressions of one group. */
const most = 5;

/** @param key of the filter that is to have this pattern @throws LogsError LimitExceededException */
export function requireRegexesLeft(
  { store }: Pick<LogsContext, "store">,
  logGroupName: string,
  key: string,
  pattern: FilterPattern,
): void {
  if (pattern.regexes === 0) return;
  const snapshot = store.snapshot();
  const others = [
    ...snapshot.list("metricFilter", { logGroupName }),
    ...snapshot.list("subscriptionFilter", { logGroupName }),
  ].filter(({ arn, value }) => arn !== key && parseFilterPattern(value.pattern).regexes > 0);
  if (others.length >= most) {
    throw new LogsError("LimitExceededException", `A log group has at most ${most} filters with regular expressions.`);
  }
}
