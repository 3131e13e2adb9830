import type { Tag } from "@aws-sdk/client-scheduler";
import { SchedulerError } from "./api-error.ts";

/** Source: EventBridge Scheduler user guide, "Tagging". */
const mostTags = 50;

/** Tags with further ones; of those with one key the last counts. @throws SchedulerError ServiceQuotaExceededException */
export function newTags(known: readonly Tag[], more: readonly Tag[] = []): readonly Tag[] {
  const tags = [...new Map([...known, ...more].map((tag) => [tag.Key, tag])).values()];
  if (tags.length <= mostTags) return tags;
  throw new SchedulerError("ServiceQuotaExceededException", `A schedule group can have at most ${mostTags} tags.`);
}
