import {
  createApiDestination,
  deleteApiDestination,
  describeApiDestination,
  listApiDestinations,
  updateApiDestination,
} from "./operations/api-destinations.ts";
import {
  createConnection,
  deleteConnection,
  describeConnection,
  listConnections,
  updateConnection,
} from "./operations/connections.ts";
import { describeEventBus, listEventBuses } from "./operations/event-buses.ts";
import { putEvents, testEventPattern } from "./operations/put-events.ts";
import { putRule } from "./operations/put-rule.ts";
import { deleteRule, describeRule, disableRule, enableRule, listRules } from "./operations/rules.ts";
import { listTagsForResource, tagResource, untagResource } from "./operations/tags.ts";
import { listRuleNamesByTarget, listTargetsByRule, putTargets, removeTargets } from "./operations/targets.ts";

/** The operations of EventBridge that there are; the others are answered as not built. */
export const operations = {
  CreateApiDestination: createApiDestination,
  CreateConnection: createConnection,
  DeleteApiDestination: deleteApiDestination,
  DeleteConnection: deleteConnection,
  DeleteRule: deleteRule,
  DescribeApiDestination: describeApiDestination,
  DescribeConnection: describeConnection,
  DescribeEventBus: describeEventBus,
  DescribeRule: describeRule,
  DisableRule: disableRule,
  EnableRule: enableRule,
  ListApiDestinations: listApiDestinations,
  ListConnections: listConnections,
  ListEventBuses: listEventBuses,
  ListRuleNamesByTarget: listRuleNamesByTarget,
  ListRules: listRules,
  ListTagsForResource: listTagsForResource,
  ListTargetsByRule: listTargetsByRule,
  PutEvents: putEvents,
  PutRule: putRule,
  PutTargets: putTargets,
  RemoveTargets: removeTargets,
  TagResource: tagResource,
  TestEventPattern: testEventPattern,
  UntagResource: untagResource,
  UpdateApiDestination: updateApiDestination,
  UpdateConnection: updateConnection,
} satisfies Readonly<Record<string, (input: never, context: never) => Promise<object>>>;
