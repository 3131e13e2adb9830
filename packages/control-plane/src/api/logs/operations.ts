import type { NotBuilt, OperationTable } from "./operation.ts";
import { createLogGroup } from "./operations/create-log-group.ts";
import { createLogStream } from "./operations/create-log-stream.ts";
import { deleteLogGroup } from "./operations/delete-log-group.ts";
import { deleteLogStream } from "./operations/delete-log-stream.ts";
import { deleteRetentionPolicy } from "./operations/delete-retention-policy.ts";
import { describeLogGroups } from "./operations/describe-log-groups.ts";
import { describeLogStreams } from "./operations/describe-log-streams.ts";
import { filterLogEvents } from "./operations/filter-log-events.ts";
import { getLogEvents } from "./operations/get-log-events.ts";
import { listLogGroups } from "./operations/list-log-groups.ts";
import { getLogGroupFields, getLogRecord } from "./operations/log-records.ts";
import {
  deleteMetricFilter,
  describeMetricFilters,
  putMetricFilter,
  testMetricFilter,
} from "./operations/metric-filters.ts";
import { putLogEvents } from "./operations/put-log-events.ts";
import { putLogGroupDeletionProtection } from "./operations/put-log-group-deletion-protection.ts";
import { putRetentionPolicy } from "./operations/put-retention-policy.ts";
import {
  describeQueries,
  getQueryResults,
  listLogGroupsForQuery,
  startQuery,
  stopQuery,
} from "./operations/queries.ts";
import { deleteQueryDefinition, describeQueryDefinitions, putQueryDefinition } from "./operations/query-definitions.ts";
import { deleteResourcePolicy, describeResourcePolicies, putResourcePolicy } from "./operations/resource-policies.ts";
import { startLiveTail } from "./operations/start-live-tail.ts";
import {
  deleteSubscriptionFilter,
  describeSubscriptionFilters,
  putSubscriptionFilter,
} from "./operations/subscription-filters.ts";
import {
  listTagsForResource,
  listTagsLogGroup,
  tagLogGroup,
  tagResource,
  untagLogGroup,
  untagResource,
} from "./operations/tags.ts";

/** Says in one sentence what is missing; the caller reads it. */
const notBuilt = (notBuilt: string): NotBuilt => ({ notBuilt });

/** Every operation of the CloudWatch Logs client. The compiler refuses a table that misses one. */
export const operations = {
  AssociateKmsKey: notBuilt("Hatoba does not have AssociateKmsKey yet."),
  AssociateSourceToS3TableIntegration: notBuilt("Hatoba does not have AssociateSourceToS3TableIntegration yet."),
  CancelExportTask: notBuilt("Hatoba does not have CancelExportTask yet."),
  CancelImportTask: notBuilt("Hatoba does not have CancelImportTask yet."),
  CreateDelivery: notBuilt("Hatoba does not have CreateDelivery yet."),
  CreateExportTask: notBuilt("Hatoba does not have CreateExportTask yet."),
  CreateImportTask: notBuilt("Hatoba does not have CreateImportTask yet."),
  CreateLogAnomalyDetector: notBuilt("Hatoba does not have CreateLogAnomalyDetector yet."),
  CreateLogGroup: createLogGroup,
  CreateLogStream: createLogStream,
  CreateLookupTable: notBuilt("Hatoba does not have CreateLookupTable yet."),
  CreateScheduledQuery: notBuilt("Hatoba does not have CreateScheduledQuery yet."),
  DeleteAccountPolicy: notBuilt("Hatoba does not have DeleteAccountPolicy yet."),
  DeleteDataProtectionPolicy: notBuilt("Hatoba does not have DeleteDataProtectionPolicy yet."),
  DeleteDelivery: notBuilt("Hatoba does not have DeleteDelivery yet."),
  DeleteDeliveryDestination: notBuilt("Hatoba does not have DeleteDeliveryDestination yet."),
  DeleteDeliveryDestinationPolicy: notBuilt("Hatoba does not have DeleteDeliveryDestinationPolicy yet."),
  DeleteDeliverySource: notBuilt("Hatoba does not have DeleteDeliverySource yet."),
  DeleteDestination: notBuilt("Hatoba does not have DeleteDestination yet."),
  DeleteIndexPolicy: notBuilt("Hatoba does not have DeleteIndexPolicy yet."),
  DeleteIntegration: notBuilt("Hatoba does not have DeleteIntegration yet."),
  DeleteLogAnomalyDetector: notBuilt("Hatoba does not have DeleteLogAnomalyDetector yet."),
  DeleteLogGroup: deleteLogGroup,
  DeleteLogStream: deleteLogStream,
  DeleteLookupTable: notBuilt("Hatoba does not have DeleteLookupTable yet."),
  DeleteMetricFilter: deleteMetricFilter,
  DeleteQueryDefinition: deleteQueryDefinition,
  DeleteResourcePolicy: deleteResourcePolicy,
  DeleteRetentionPolicy: deleteRetentionPolicy,
  DeleteScheduledQuery: notBuilt("Hatoba does not have DeleteScheduledQuery yet."),
  DeleteSubscriptionFilter: deleteSubscriptionFilter,
  DeleteSyslogConfiguration: notBuilt("Hatoba does not have DeleteSyslogConfiguration yet."),
  DeleteTransformer: notBuilt("Hatoba does not have DeleteTransformer yet."),
  DescribeAccountPolicies: notBuilt("Hatoba does not have DescribeAccountPolicies yet."),
  DescribeConfigurationTemplates: notBuilt("Hatoba does not have DescribeConfigurationTemplates yet."),
  DescribeDeliveries: notBuilt("Hatoba does not have DescribeDeliveries yet."),
  DescribeDeliveryDestinations: notBuilt("Hatoba does not have DescribeDeliveryDestinations yet."),
  DescribeDeliverySources: notBuilt("Hatoba does not have DescribeDeliverySources yet."),
  DescribeDestinations: notBuilt("Hatoba does not have DescribeDestinations yet."),
  DescribeExportTasks: notBuilt("Hatoba does not have DescribeExportTasks yet."),
  DescribeFieldIndexes: notBuilt("Hatoba does not have DescribeFieldIndexes yet."),
  DescribeImportTaskBatches: notBuilt("Hatoba does not have DescribeImportTaskBatches yet."),
  DescribeImportTasks: notBuilt("Hatoba does not have DescribeImportTasks yet."),
  DescribeIndexPolicies: notBuilt("Hatoba does not have DescribeIndexPolicies yet."),
  DescribeLogGroups: describeLogGroups,
  DescribeLogStreams: describeLogStreams,
  DescribeLookupTables: notBuilt("Hatoba does not have DescribeLookupTables yet."),
  DescribeMetricFilters: describeMetricFilters,
  DescribeQueries: describeQueries,
  DescribeQueryDefinitions: describeQueryDefinitions,
  DescribeResourcePolicies: describeResourcePolicies,
  DescribeSubscriptionFilters: describeSubscriptionFilters,
  DisassociateKmsKey: notBuilt("Hatoba does not have DisassociateKmsKey yet."),
  DisassociateSourceFromS3TableIntegration: notBuilt(
    "Hatoba does not have DisassociateSourceFromS3TableIntegration yet.",
  ),
  FilterLogEvents: filterLogEvents,
  GetDataProtectionPolicy: notBuilt("Hatoba does not have GetDataProtectionPolicy yet."),
  GetDelivery: notBuilt("Hatoba does not have GetDelivery yet."),
  GetDeliveryDestination: notBuilt("Hatoba does not have GetDeliveryDestination yet."),
  GetDeliveryDestinationPolicy: notBuilt("Hatoba does not have GetDeliveryDestinationPolicy yet."),
  GetDeliverySource: notBuilt("Hatoba does not have GetDeliverySource yet."),
  GetIntegration: notBuilt("Hatoba does not have GetIntegration yet."),
  GetLogAnomalyDetector: notBuilt("Hatoba does not have GetLogAnomalyDetector yet."),
  GetLogEvents: getLogEvents,
  GetLogFields: notBuilt("Hatoba does not have GetLogFields yet."),
  GetLogGroupFields: getLogGroupFields,
  GetLogObject: notBuilt("Hatoba does not have GetLogObject yet."),
  GetLogRecord: getLogRecord,
  GetLookupTable: notBuilt("Hatoba does not have GetLookupTable yet."),
  GetQueryResults: getQueryResults,
  GetScheduledQuery: notBuilt("Hatoba does not have GetScheduledQuery yet."),
  GetScheduledQueryHistory: notBuilt("Hatoba does not have GetScheduledQueryHistory yet."),
  GetStorageTierPolicy: notBuilt("Hatoba does not have GetStorageTierPolicy yet."),
  GetTransformer: notBuilt("Hatoba does not have GetTransformer yet."),
  ListAggregateLogGroupSummaries: notBuilt("Hatoba does not have ListAggregateLogGroupSummaries yet."),
  ListAnomalies: notBuilt("Hatoba does not have ListAnomalies yet."),
  ListIntegrations: notBuilt("Hatoba does not have ListIntegrations yet."),
  ListLogAnomalyDetectors: notBuilt("Hatoba does not have ListLogAnomalyDetectors yet."),
  ListLogGroups: listLogGroups,
  ListLogGroupsForQuery: listLogGroupsForQuery,
  ListScheduledQueries: notBuilt("Hatoba does not have ListScheduledQueries yet."),
  ListSourcesForS3TableIntegration: notBuilt("Hatoba does not have ListSourcesForS3TableIntegration yet."),
  ListSyslogConfigurations: notBuilt("Hatoba does not have ListSyslogConfigurations yet."),
  ListTagsForResource: listTagsForResource,
  ListTagsLogGroup: listTagsLogGroup,
  PutAccountPolicy: notBuilt("Hatoba does not have PutAccountPolicy yet."),
  PutBearerTokenAuthentication: notBuilt("Hatoba does not have PutBearerTokenAuthentication yet."),
  PutDataProtectionPolicy: notBuilt("Hatoba does not have PutDataProtectionPolicy yet."),
  PutDeliveryDestination: notBuilt("Hatoba does not have PutDeliveryDestination yet."),
  PutDeliveryDestinationPolicy: notBuilt("Hatoba does not have PutDeliveryDestinationPolicy yet."),
  PutDeliverySource: notBuilt("Hatoba does not have PutDeliverySource yet."),
  PutDestination: notBuilt("Hatoba does not have PutDestination yet."),
  PutDestinationPolicy: notBuilt("Hatoba does not have PutDestinationPolicy yet."),
  PutIndexPolicy: notBuilt("Hatoba does not have PutIndexPolicy yet."),
  PutIntegration: notBuilt("Hatoba does not have PutIntegration yet."),
  PutLogEvents: putLogEvents,
  PutLogGroupDeletionProtection: putLogGroupDeletionProtection,
  PutMetricFilter: putMetricFilter,
  PutQueryDefinition: putQueryDefinition,
  PutResourcePolicy: putResourcePolicy,
  PutRetentionPolicy: putRetentionPolicy,
  PutStorageTierPolicy: notBuilt("Hatoba does not have PutStorageTierPolicy yet."),
  PutSubscriptionFilter: putSubscriptionFilter,
  PutSyslogConfiguration: notBuilt("Hatoba does not have PutSyslogConfiguration yet."),
  PutTransformer: notBuilt("Hatoba does not have PutTransformer yet."),
  StartLiveTail: startLiveTail,
  StartQuery: startQuery,
  StopQuery: stopQuery,
  TagLogGroup: tagLogGroup,
  TagResource: tagResource,
  TestMetricFilter: testMetricFilter,
  TestTransformer: notBuilt("Hatoba does not have TestTransformer yet."),
  UntagLogGroup: untagLogGroup,
  UntagResource: untagResource,
  UpdateAnomaly: notBuilt("Hatoba does not have UpdateAnomaly yet."),
  UpdateDeliveryConfiguration: notBuilt("Hatoba does not have UpdateDeliveryConfiguration yet."),
  UpdateLogAnomalyDetector: notBuilt("Hatoba does not have UpdateLogAnomalyDetector yet."),
  UpdateLookupTable: notBuilt("Hatoba does not have UpdateLookupTable yet."),
  UpdateScheduledQuery: notBuilt("Hatoba does not have UpdateScheduledQuery yet."),
} satisfies OperationTable;
