import { getMetricData } from "./operations/get-metric-data.ts";
import { getMetricStatistics } from "./operations/get-metric-statistics.ts";
import { listMetrics } from "./operations/list-metrics.ts";
import { listTagsForResource } from "./operations/list-tags-for-resource.ts";
import { putMetricData } from "./operations/put-metric-data.ts";

const notBuilt = (what: string) => ({ notBuilt: `Hatoba has no ${what}.` });

/** Every operation of CloudWatch; those that are not built say so. */
export const operations = {
  AssociateDatasetKmsKey: notBuilt("datasets"),
  CreateResourceMetricsConfiguration: notBuilt("configuration of resources' metrics"),
  DeleteAlarmMuteRule: notBuilt("alarms"),
  DeleteAlarms: notBuilt("alarms"),
  DeleteAnomalyDetector: notBuilt("anomaly detection"),
  DeleteDashboards: notBuilt("dashboards"),
  DeleteInsightRules: notBuilt("Contributor Insights"),
  DeleteMetricStream: notBuilt("metric streams"),
  DeleteResourceMetricsConfiguration: notBuilt("configuration of resources' metrics"),
  DescribeAlarmContributors: notBuilt("alarms"),
  DescribeAlarmHistory: notBuilt("alarms"),
  DescribeAlarms: notBuilt("alarms"),
  DescribeAlarmsForMetric: notBuilt("alarms"),
  DescribeAnomalyDetectors: notBuilt("anomaly detection"),
  DescribeInsightRules: notBuilt("Contributor Insights"),
  DisableAlarmActions: notBuilt("alarms"),
  DisableInsightRules: notBuilt("Contributor Insights"),
  DisassociateDatasetKmsKey: notBuilt("datasets"),
  EnableAlarmActions: notBuilt("alarms"),
  EnableInsightRules: notBuilt("Contributor Insights"),
  GetAlarmMuteRule: notBuilt("alarms"),
  GetDashboard: notBuilt("dashboards"),
  GetDataset: notBuilt("datasets"),
  GetInsightRuleReport: notBuilt("Contributor Insights"),
  GetMetricData: getMetricData,
  GetMetricStatistics: getMetricStatistics,
  GetMetricStream: notBuilt("metric streams"),
  GetMetricWidgetImage: notBuilt("pictures of metrics"),
  GetOTelEnrichment: notBuilt("enrichment of OpenTelemetry metrics"),
  GetResourceMetricsConfiguration: notBuilt("configuration of resources' metrics"),
  ListAlarmMuteRules: notBuilt("alarms"),
  ListDashboards: notBuilt("dashboards"),
  ListManagedInsightRules: notBuilt("Contributor Insights"),
  ListMetricStreams: notBuilt("metric streams"),
  ListMetrics: listMetrics,
  ListTagsForResource: listTagsForResource,
  PutAlarmMuteRule: notBuilt("alarms"),
  PutAnomalyDetector: notBuilt("anomaly detection"),
  PutCompositeAlarm: notBuilt("alarms"),
  PutDashboard: notBuilt("dashboards"),
  PutInsightRule: notBuilt("Contributor Insights"),
  PutLogAlarm: notBuilt("alarms"),
  PutManagedInsightRules: notBuilt("Contributor Insights"),
  PutMetricAlarm: notBuilt("alarms"),
  PutMetricData: putMetricData,
  PutMetricStream: notBuilt("metric streams"),
  SetAlarmState: notBuilt("alarms"),
  StartMetricStreams: notBuilt("metric streams"),
  StartOTelEnrichment: notBuilt("enrichment of OpenTelemetry metrics"),
  StopMetricStreams: notBuilt("metric streams"),
  StopOTelEnrichment: notBuilt("enrichment of OpenTelemetry metrics"),
  TagResource: notBuilt("tags on CloudWatch resources"),
  UntagResource: notBuilt("tags on CloudWatch resources"),
  UpdateOTelEnrichment: notBuilt("enrichment of OpenTelemetry metrics"),
  UpdateResourceMetricsConfiguration: notBuilt("configuration of resources' metrics"),
} satisfies Readonly<
  Record<string, ((input: never, context: never) => Promise<object>) | { readonly notBuilt: string }>
>;
