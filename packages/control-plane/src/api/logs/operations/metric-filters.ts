import type * as sdk from "@aws-sdk/client-cloudwatch-logs";
import { BadReference, isNumber, readyMetricFilter } from "../../../log-filters/metric-datum.ts";
import { BadFilterPattern } from "../../../log-filters/pattern/bad-filter-pattern.ts";
import type { FilterPattern } from "../../../log-filters/pattern/filter-pattern.ts";
import { type MetricFilter, metricFilterKey } from "../../../model/log-filter.ts";
import { LogsError } from "../api-error.ts";
import { requireGroup } from "../identifiers.ts";
import type { LogsContext, Operation } from "../operation.ts";
import { page } from "../page.ts";
import { deleteRecord, putRecord } from "../records.ts";
import { requireRegexesLeft } from "../regex-quota.ts";
import { requirePattern } from "../require-pattern.ts";

/** Source: CloudWatch Logs API reference, PutMetricFilter and MetricTransformation. */
const most = { filters: 100, dimensions: 3 } as const;

const invalid = (message: string, options?: ErrorOptions) =>
  new LogsError("InvalidParameterException", message, options);

/** Makes or changes a metric filter; it works on what comes from then on. Source: API reference, PutMetricFilter. */
export const putMetricFilter: Operation<"PutMetricFilter"> = async (input, context) => {
  const { store, logStore, clock } = context;
  const group = requireGroup(logStore, input.logGroupName);
  const pattern = requirePattern(input.filterPattern);
  refuseWhatIsNotBuilt(input);
  const filter: MetricFilter = {
    logGroupName: group.name,
    name: input.filterName ?? "",
    pattern: input.filterPattern ?? "",
    ...transformationOf(input.metricTransformations?.[0]),
    createdAt: clock.now(),
  };
  requireReferences(filter, pattern);
  const key = metricFilterKey(group.name, filter.name);
  const known = store.snapshot().list("metricFilter", { logGroupName: group.name });
  if (known.length >= most.filters && !known.some(({ arn }) => arn === key)) {
    throw new LogsError("LimitExceededException", "Resource limit exceeded.");
  }
  requireRegexesLeft(context, group.name, key, pattern);
  await putRecord(store, "metricFilter", key, (before) => ({
    ...filter,
    createdAt: before?.createdAt ?? filter.createdAt,
  }));
  return {};
};

function refuseWhatIsNotBuilt(input: sdk.PutMetricFilterRequest): void {
  if (input.fieldSelectionCriteria || input.emitSystemFieldDimensions?.length) {
    throw invalid(
      "Hatoba has no centralized logs: fieldSelectionCriteria and emitSystemFieldDimensions are not built.",
    );
  }
  if (input.applyOnTransformedLogs) throw invalid("Hatoba has no log transformers.");
}

function transformationOf(
  given: Partial<sdk.MetricTransformation> = {},
): Omit<MetricFilter, "logGroupName" | "name" | "pattern" | "createdAt"> {
  const { metricName = "", metricNamespace = "", metricValue = "", defaultValue, dimensions, unit } = given;
  const names = Object.keys(dimensions ?? {});
  if (/[:*$]/.test(metricName) || /[:*$]/.test(metricNamespace)) {
    throw invalid("Invalid metric transformation: names and namespaces of metrics have no ':', '*' or '$'.");
  }
  if (names.length > most.dimensions) {
    throw invalid(`Invalid metric transformation: a metric has at most ${most.dimensions} dimensions.`);
  }
  if (names.length > 0 && defaultValue !== undefined) {
    throw invalid("Invalid metric transformation: dimensions and default value are mutually exclusive properties.");
  }
  return {
    metricName,
    metricNamespace,
    metricValue,
    ...(defaultValue === undefined ? {} : { defaultValue }),
    ...(dimensions === undefined || names.length === 0 ? {} : { dimensions }),
    ...(unit === undefined ? {} : { unit }),
  };
}

function requireReferences(filter: MetricFilter, pattern: FilterPattern): void {
  if (!isNumber(filter.metricValue) && !filter.metricValue.startsWith("$")) {
    throw invalid("Invalid metric transformation: metricValue is a number, or begins with '$'.");
  }
  try {
    readyMetricFilter(filter, pattern);
  } catch (error) {
    if (!(error instanceof BadReference || error instanceof BadFilterPattern)) throw error;
    const message = `Invalid metric transformation: the filter pattern has no ${error.message}.`;
    throw invalid(message, { cause: error });
  }
}

const describe = (filter: MetricFilter): sdk.MetricFilter => ({
  filterName: filter.name,
  filterPattern: filter.pattern,
  metricTransformations: [
    {
      metricName: filter.metricName,
      metricNamespace: filter.metricNamespace,
      metricValue: filter.metricValue,
      ...(filter.defaultValue === undefined ? {} : { defaultValue: filter.defaultValue }),
      ...(filter.dimensions === undefined ? {} : { dimensions: { ...filter.dimensions } }),
      ...(filter.unit === undefined ? {} : { unit: filter.unit as sdk.StandardUnit }),
    },
  ],
  creationTime: filter.createdAt,
  logGroupName: filter.logGroupName,
  applyOnTransformedLogs: false,
});

/** By their names. Source: CloudWatch Logs API reference, DescribeMetricFilters. */
export const describeMetricFilters: Operation<"DescribeMetricFilters"> = async (input, { store, logStore }) => {
  const { logGroupName, filterNamePrefix: prefix = "", metricName, metricNamespace, nextToken, limit } = input;
  if (logGroupName !== undefined) requireGroup(logStore, logGroupName);
  if ((metricName === undefined) !== (metricNamespace === undefined)) {
    throw invalid("metricName and metricNamespace must be specified together.");
  }
  const filters = store
    .snapshot()
    .list("metricFilter", logGroupName === undefined ? {} : { logGroupName })
    .map(({ value }) => value)
    .filter(({ name }) => logGroupName === undefined || name.startsWith(prefix))
    .filter((filter) => metricName === undefined || filter.metricName === metricName)
    .filter((filter) => metricNamespace === undefined || filter.metricNamespace === metricNamespace)
    .toSorted((a, b) => (nameAndGroup(a) < nameAndGroup(b) ? -1 : 1));
  const found = page(filters, nameAndGroup, { nextToken, limit });
  return {
    metricFilters: found.items.map(describe),
    ...(found.nextToken === undefined ? {} : { nextToken: found.nextToken }),
  };
};
const nameAndGroup = ({ name, logGroupName }: MetricFilter) => `${name}\n${logGroupName}`;

/** Source: CloudWatch Logs API reference, DeleteMetricFilter. */
export const deleteMetricFilter: Operation<"DeleteMetricFilter"> = async (input, { store, logStore }: LogsContext) => {
  const group = requireGroup(logStore, input.logGroupName);
  const isGone = await deleteRecord(store, "metricFilter", metricFilterKey(group.name, input.filterName ?? ""));
  if (!isGone) throw new LogsError("ResourceNotFoundException", "The specified metric filter does not exist.");
  return {};
};

/** Source: CloudWatch Logs API reference, TestMetricFilter. */
export const testMetricFilter: Operation<"TestMetricFilter"> = async ({ filterPattern, logEventMessages = [] }) => {
  const pattern = requirePattern(filterPattern);
  return {
    matches: logEventMessages.flatMap((eventMessage, index) =>
      pattern.matches(eventMessage)
        ? { eventNumber: index + 1, eventMessage, extractedValues: { ...pattern.valuesIn(eventMessage) } }
        : [],
    ),
  };
};
