import { apiDestinationKey, connectionKey } from "../../model/api-destination.ts";
import { eventBusArn, eventRuleArn } from "../../model/event-rule.ts";
import { everywhere, type Right, type RightsOf, type Scope, structuresIn, textIn } from "./right.ts";

const rule =
  (member: "Name" | "Rule"): RightsOf =>
  (input, { place }) => [{ resource: eventRuleArn(place, textIn(input, member) ?? "") }];
const bus: RightsOf = (_input, { place }) => [{ resource: eventBusArn(place) }];
const tagged: RightsOf = (input) => [{ resource: textIn(input, "ResourceARN") ?? "*" }];

/** Its ARN ends in an id that only the thing itself knows; of one that is not there, in anything. */
const named =
  (type: "connection" | "api-destination"): RightsOf =>
  (input, { place, snapshot }) => {
    const name = textIn(input, "Name") ?? "";
    const found =
      type === "connection"
        ? snapshot.get("eventConnection", connectionKey(name))
        : snapshot.get("apiDestination", apiDestinationKey(name));
    const arn = found?.value.arn ?? `arn:aws:events:${place.region}:${place.accountId}:${type}/${name}/*`;
    return [{ resource: arn }];
  };

/** Whoever gives EventBridge a role to act with has to be allowed to pass it. */
const passing = (role: unknown): Right[] =>
  typeof role !== "string" || role === ""
    ? []
    : [{ action: "iam:PassRole", resource: role, keys: { "iam:PassedToService": "events.amazonaws.com" } }];

const putTargets: RightsOf = (input, scope: Scope) => [
  ...rule("Rule")(input, scope),
  ...structuresIn(input, "Targets").flatMap(({ RoleArn }) => passing(RoleArn)),
];
const putRule: RightsOf = (input, scope) => [...rule("Name")(input, scope), ...passing(input.RoleArn)];

/**
 * What calls of EventBridge need; what is not in here needs its action on `*`.
 * Source: Service Authorization Reference, "Amazon EventBridge".
 */
export const eventsRights: Readonly<Partial<Record<string, RightsOf>>> = {
  CreateApiDestination: named("api-destination"),
  CreateConnection: named("connection"),
  DeleteApiDestination: named("api-destination"),
  DeleteConnection: named("connection"),
  DeleteRule: rule("Name"),
  DescribeApiDestination: named("api-destination"),
  DescribeConnection: named("connection"),
  DescribeEventBus: bus,
  DescribeRule: rule("Name"),
  DisableRule: rule("Name"),
  EnableRule: rule("Name"),
  ListRuleNamesByTarget: () => [everywhere],
  ListTagsForResource: tagged,
  ListTargetsByRule: rule("Rule"),
  PutEvents: bus,
  PutRule: putRule,
  PutTargets: putTargets,
  RemoveTargets: rule("Rule"),
  TagResource: tagged,
  UntagResource: tagged,
  UpdateApiDestination: named("api-destination"),
  UpdateConnection: named("connection"),
};
