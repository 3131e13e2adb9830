/** Turns log events into values of a metric; keyed by `metricFilterKey`. Written by operations. */
export interface MetricFilter {
  readonly logGroupName: string;
  readonly name: string;
  readonly pattern: string;
  readonly metricName: string;
  readonly metricNamespace: string;
  /** A number, or what of an event is the value, as `$.latency` or `$bytes`. */
  readonly metricValue: string;
  /** Of a minute in which events came and none matched; nothing is said of it without. */
  readonly defaultValue?: number;
  /** What of an event each dimension is, by its name. */
  readonly dimensions?: Readonly<Record<string, string>>;
  readonly unit?: string;
  /** Epoch milliseconds. */
  readonly createdAt: number;
}

/** Sends log events on; keyed by `subscriptionFilterKey`. Written by operations. */
export interface SubscriptionFilter {
  readonly logGroupName: string;
  readonly name: string;
  readonly pattern: string;
  /** The ARN of an API destination, or an http(s) address. */
  readonly destinationArn: string;
  readonly roleArn?: string;
  readonly distribution: "Random" | "ByLogStream";
  /** Epoch milliseconds. */
  readonly createdAt: number;
}

/** A query of Logs Insights that was kept; keyed by `queryDefinitionKey`. Written by operations. */
export interface QueryDefinition {
  readonly id: string;
  readonly name: string;
  readonly queryString: string;
  readonly logGroupNames: readonly string[];
  /** Epoch milliseconds. */
  readonly modifiedAt: number;
}

/** A policy that lets services write logs; nobody has to ask here, so it is only kept. Keyed by `logResourcePolicyKey`. Written by operations. */
export interface LogResourcePolicy {
  readonly name: string;
  readonly document: string;
  /** Of one log group, whose ARN this is; of the account without. */
  readonly resourceArn?: string;
  /** Of a log group's policy. */
  readonly revisionId?: string;
  /** Epoch milliseconds. */
  readonly modifiedAt: number;
}

export const metricFilterKey = (logGroupName: string, name: string): string => `metric-filter/${logGroupName}:${name}`;
export const subscriptionFilterKey = (logGroupName: string, name: string): string =>
  `subscription-filter/${logGroupName}:${name}`;
export const queryDefinitionKey = (id: string): string => `query-definition/${id}`;
/** A group has one policy of its own. */
export const logResourcePolicyKey = (named: Pick<LogResourcePolicy, "name" | "resourceArn">): string =>
  named.resourceArn === undefined ? `log-resource-policy/${named.name}` : `log-resource-policy/${named.resourceArn}`;
