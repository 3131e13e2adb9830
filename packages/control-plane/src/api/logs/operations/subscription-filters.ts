import type * as sdk from "@aws-sdk/client-cloudwatch-logs";
import { isAddress } from "../../../log-filters/send-to-destination.ts";
import { apiDestinationKey, nameInArn } from "../../../model/api-destination.ts";
import { type SubscriptionFilter, subscriptionFilterKey } from "../../../model/log-filter.ts";
import { LogsError } from "../api-error.ts";
import { requireGroup } from "../identifiers.ts";
import type { LogsContext, Operation } from "../operation.ts";
import { page } from "../page.ts";
import { deleteRecord, putRecord } from "../records.ts";
import { requireRegexesLeft } from "../regex-quota.ts";
import { requirePattern } from "../require-pattern.ts";

/** Of one log group. Source: CloudWatch Logs user guide, "CloudWatch Logs quotas". */
const mostFilters = 2;

const invalid = (message: string) => new LogsError("InvalidParameterException", message);

/**
 * Makes or changes a subscription filter; it works on what comes from then on. Source: API reference, PutSubscriptionFilter, whose
 * destinations are Kinesis, Firehose and Lambda; here they are API destinations and addresses.
 */
export const putSubscriptionFilter: Operation<"PutSubscriptionFilter"> = async (input, context) => {
  const { store, logStore, clock } = context;
  const { filterName: name = "", destinationArn = "", roleArn, distribution = "ByLogStream" } = input;
  const group = requireGroup(logStore, input.logGroupName);
  const pattern = requirePattern(input.filterPattern);
  if (input.fieldSelectionCriteria || input.emitSystemFields?.length) {
    throw invalid("Hatoba has no centralized logs: fieldSelectionCriteria and emitSystemFields are not built.");
  }
  if (input.applyOnTransformedLogs) throw invalid("Hatoba has no log transformers.");
  requireDestination(destinationArn, context);
  const key = subscriptionFilterKey(group.name, name);
  const known = store.snapshot().list("subscriptionFilter", { logGroupName: group.name });
  if (known.length >= mostFilters && !known.some(({ arn }) => arn === key)) {
    throw new LogsError("LimitExceededException", "Resource limit exceeded.");
  }
  requireRegexesLeft(context, group.name, key, pattern);
  await putRecord(store, "subscriptionFilter", key, (before) => ({
    logGroupName: group.name,
    name,
    pattern: input.filterPattern ?? "",
    destinationArn,
    ...(roleArn === undefined ? {} : { roleArn }),
    distribution,
    createdAt: before?.createdAt ?? clock.now(),
  }));
  return {};
};

function requireDestination(destination: string, { store }: LogsContext): void {
  if (isAddress(destination)) return;
  if (!/^arn:[^:]+:events:[^:]*:[^:]*:api-destination\//.test(destination)) {
    throw invalid(
      "destinationArn is the ARN of an API destination of EventBridge, or an http or https address; Hatoba has no Kinesis, Firehose or Lambda.",
    );
  }
  const there = store.snapshot().get("apiDestination", apiDestinationKey(nameInArn(destination)));
  if (there?.value.arn !== destination) {
    throw invalid("Could not deliver test message to specified destination. Check if the destination is valid.");
  }
}

const describe = (filter: SubscriptionFilter): sdk.SubscriptionFilter => ({
  filterName: filter.name,
  logGroupName: filter.logGroupName,
  filterPattern: filter.pattern,
  destinationArn: filter.destinationArn,
  ...(filter.roleArn === undefined ? {} : { roleArn: filter.roleArn }),
  distribution: filter.distribution,
  applyOnTransformedLogs: false,
  creationTime: filter.createdAt,
});

/** By their names. Source: CloudWatch Logs API reference, DescribeSubscriptionFilters. */
export const describeSubscriptionFilters: Operation<"DescribeSubscriptionFilters"> = async (
  input,
  { store, logStore },
) => {
  const { filterNamePrefix: prefix = "", nextToken, limit } = input;
  const group = requireGroup(logStore, input.logGroupName);
  const filters = store
    .snapshot()
    .list("subscriptionFilter", { logGroupName: group.name })
    .map(({ value }) => value)
    .filter(({ name }) => name.startsWith(prefix))
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const found = page(filters, ({ name }) => name, { nextToken, limit });
  return {
    subscriptionFilters: found.items.map(describe),
    ...(found.nextToken === undefined ? {} : { nextToken: found.nextToken }),
  };
};

/** Source: CloudWatch Logs API reference, DeleteSubscriptionFilter. */
export const deleteSubscriptionFilter: Operation<"DeleteSubscriptionFilter"> = async (input, { store, logStore }) => {
  const group = requireGroup(logStore, input.logGroupName);
  const key = subscriptionFilterKey(group.name, input.filterName ?? "");
  if (await deleteRecord(store, "subscriptionFilter", key)) return {};
  throw new LogsError("ResourceNotFoundException", "The specified subscription filter does not exist.");
};
