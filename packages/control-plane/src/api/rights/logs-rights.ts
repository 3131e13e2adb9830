import { everywhere, type Input, type Right, type RightsOf, type Scope, textIn, textsIn } from "./right.ts";

const logsArn = ({ place }: Scope, resource: string) => `arn:aws:logs:${place.region}:${place.accountId}:${resource}`;

/** The group's name, in whichever member it stands; an ARN gives its name. */
function groupOf(input: Input): string {
  const text = textIn(input, "logGroupName") ?? textIn(input, "logGroupIdentifier") ?? "";
  return /^arn:[^:]*:logs:[^:]*:[^:]*:log-group:([^:]+)/.exec(text)?.[1] ?? text;
}

/** As refusals of CloudWatch Logs show a group: with an empty stream behind it, so that `log-group:NAME:*` covers it. */
const group: RightsOf = (input, scope) => [{ resource: logsArn(scope, `log-group:${groupOf(input)}:log-stream:`) }];

const stream: RightsOf = (input, scope) => [
  { resource: logsArn(scope, `log-group:${groupOf(input)}:log-stream:${textIn(input, "logStreamName") ?? ""}`) },
];
const resourceArn: RightsOf = (input) => [{ resource: (textIn(input, "resourceArn") ?? "*").replace(/:\*$/, "") }];
const taggedGroup: RightsOf = (input, scope) => [{ resource: logsArn(scope, `log-group:${groupOf(input)}`) }];

/** Whoever gives CloudWatch Logs a role to act with has to be allowed to pass it. */
const passing = (role: string | undefined): readonly Right[] =>
  role === undefined
    ? []
    : [{ action: "iam:PassRole", resource: role, keys: { "iam:PassedToService": "logs.amazonaws.com" } }];

/** All groups that are named, in whichever member. */
const groups: RightsOf = (input, scope) => {
  const named = ["logGroupIdentifiers", "logGroupNames"].flatMap((member) => textsIn(input, member));
  const single = groupOf(input);
  const all = single === "" ? named : [single, ...named];
  if (all.length === 0) return [everywhere];
  return all.flatMap((logGroupName) => group({ logGroupName }, scope));
};

/**
 * What calls of CloudWatch Logs need; what is not in here needs its action on `*`.
 * Source: Service Authorization Reference, "Amazon CloudWatch Logs", and texts of refusals.
 */
export const logsRights: Readonly<Partial<Record<string, RightsOf>>> = {
  CreateLogGroup: group,
  CreateLogStream: stream,
  DeleteLogGroup: group,
  DeleteLogStream: stream,
  DeleteMetricFilter: group,
  DeleteRetentionPolicy: group,
  DeleteSubscriptionFilter: group,
  DescribeLogGroups: (_input, scope) => [{ resource: logsArn(scope, "log-group::log-stream:") }],
  DescribeLogStreams: group,
  DescribeMetricFilters: groups,
  DescribeSubscriptionFilters: group,
  FilterLogEvents: group,
  GetLogEvents: stream,
  GetLogGroupFields: group,
  ListTagsForResource: resourceArn,
  ListTagsLogGroup: taggedGroup,
  PutLogEvents: stream,
  PutLogGroupDeletionProtection: group,
  PutMetricFilter: group,
  PutRetentionPolicy: group,
  PutSubscriptionFilter: (input, scope) => [...group(input, scope), ...passing(textIn(input, "roleArn"))],
  StartLiveTail: groups,
  StartQuery: groups,
  TagLogGroup: taggedGroup,
  TagResource: resourceArn,
  UntagLogGroup: taggedGroup,
  UntagResource: resourceArn,
};
