import { type Input, type RightsOf, type Scope, textIn } from "./right.ts";

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

/**
 * What calls of CloudWatch Logs need; what is not in here needs its action on `*`.
 * Source: Service Authorization Reference, "Amazon CloudWatch Logs", and texts of refusals.
 */
export const logsRights: Readonly<Partial<Record<string, RightsOf>>> = {
  CreateLogGroup: group,
  CreateLogStream: stream,
  DeleteLogGroup: group,
  DeleteLogStream: stream,
  DeleteRetentionPolicy: group,
  DescribeLogGroups: (_input, scope) => [{ resource: logsArn(scope, "log-group::log-stream:") }],
  DescribeLogStreams: group,
  FilterLogEvents: group,
  GetLogEvents: stream,
  GetLogGroupFields: group,
  ListTagsForResource: resourceArn,
  ListTagsLogGroup: taggedGroup,
  PutLogEvents: stream,
  PutRetentionPolicy: group,
  StartLiveTail: (input) => {
    const named = input.logGroupIdentifiers;
    return Array.isArray(named)
      ? named.map((arn) => ({ resource: `${String(arn).replace(/:\*$/, "")}:log-stream:` }))
      : [];
  },
  TagLogGroup: taggedGroup,
  TagResource: resourceArn,
  UntagLogGroup: taggedGroup,
  UntagResource: resourceArn,
};
