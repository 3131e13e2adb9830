import type { Tag } from "@aws-sdk/client-ecs";
import { lastSegment, parseArn } from "@hatoba/contract";
import type { RequestContext } from "../../authorization/policy-text.ts";
import { type ManagedInstance, managedInstanceKey } from "../../model/managed-instance.ts";
import { instanceProfileKey, managedPolicyKeyOf, roleKeyOf } from "../../model/role.ts";
import type { Snapshot } from "../../store/store.ts";
import type { Caller } from "../operation-context.ts";
import { type Input, type Right, textIn } from "./right.ts";
import { roleOf } from "./role-policies.ts";

/** What is known of a call, beside its input. */
export interface CallFacts {
  readonly caller: Caller;
  /** Epoch milliseconds. */
  readonly now: number;
  /** As `http://127.0.0.1:4577`: how the caller reached the house. */
  readonly endpoint?: string;
  readonly remoteAddress?: string;
  readonly userAgent?: string;
}

type Values = string | readonly string[] | undefined;

/**
 * The condition keys of one right of a call: AWS's global ones, and those of the action.
 * Source: IAM user guide, "AWS global condition context keys".
 */
export function requestContext(
  facts: CallFacts,
  { input, right, snapshot }: { readonly input: Input; readonly right: Right; readonly snapshot: Snapshot },
): RequestContext {
  const own = new Map(Object.entries(right.keys ?? {}).map(([key, value]) => [key.toLowerCase(), value]));
  const tags = () => requestTags(input);
  return (key) => {
    const known = own.has(key) ? own.get(key) : globalKey(key, facts);
    if (known !== undefined) return listOf(known);
    const [prefix, tagKey] = splitAtSlash(key);
    switch (prefix) {
      case "aws:tagkeys":
        return tagKeysOf(input);
      case "aws:requesttag":
        return valueOf(tags(), tagKey);
      case "aws:resourcetag":
      case "ecs:resourcetag":
      case "iam:resourcetag":
      case "ssm:resourcetag":
        return valueOf(resourceTags(right.resource, snapshot), tagKey);
      case "aws:principaltag":
        return valueOf(principalTags(facts.caller, snapshot), tagKey);
      case "aws:resourceaccount": {
        const account = parseArn(right.resource)?.accountId;
        return account === undefined || account === "" ? [facts.caller.accountId] : [account];
      }
      default:
        return undefined;
    }
  };
}

function globalKey(key: string, { caller, now, endpoint, remoteAddress, userAgent }: CallFacts): Values {
  switch (key) {
    case "aws:currenttime":
      return new Date(now).toISOString();
    case "aws:epochtime":
      return String(Math.floor(now / 1000));
    case "aws:sourceip":
      return remoteAddress?.replace(/^::ffff:/, "");
    case "aws:requestedregion":
      return caller.region;
    case "aws:securetransport":
      return endpoint === undefined ? undefined : String(endpoint.startsWith("https:"));
    case "aws:useragent":
      return userAgent;
    case "aws:principalarn":
      return caller.roleSession?.roleArn ?? caller.arn;
    case "aws:principalaccount":
      return caller.accountId;
    case "aws:principaltype":
      return caller.roleSession === undefined ? "Account" : "AssumedRole";
    case "aws:userid":
      return caller.userId;
    case "aws:multifactorauthpresent":
    case "aws:viaawsservice":
    case "aws:principalisawsservice":
      return "false";
    default:
      return undefined;
  }
}

const listOf = (values: string | readonly string[]): readonly string[] =>
  typeof values === "string" ? [values] : values;

function splitAtSlash(key: string): readonly [string, string] {
  const slash = key.indexOf("/");
  return slash < 0 ? [key, ""] : [key.slice(0, slash), key.slice(slash + 1)];
}

/** Keys of tags have no case here; their values have. */
function valueOf(tags: readonly Tag[], key: string): readonly string[] | undefined {
  const tag = tags.find((each) => each.key?.toLowerCase() === key);
  return tag === undefined ? undefined : [tag.value ?? ""];
}

/** The tags of a call, as any of the services spells them: a list of keys and values, or a map. */
function requestTags(input: Input): readonly Tag[] {
  const given = input.tags ?? input.Tags;
  if (Array.isArray(given)) {
    return (given as Input[]).map((tag) => ({
      key: textIn(tag, "key") ?? textIn(tag, "Key") ?? "",
      value: textIn(tag, "value") ?? textIn(tag, "Value") ?? "",
    }));
  }
  if (typeof given !== "object" || given === null) return [];
  return Object.entries(given).map(([key, value]) => ({ key, value: String(value) }));
}

function tagKeysOf(input: Input): readonly string[] | undefined {
  const keys = input.tagKeys ?? input.TagKeys;
  if (Array.isArray(keys)) return keys.map(String);
  const tags = requestTags(input);
  return tags.length === 0 ? undefined : tags.map(({ key = "" }) => key);
}

/** A session's own tags stand before its role's. */
function principalTags({ roleSession }: Caller, snapshot: Snapshot): readonly Tag[] {
  if (roleSession === undefined) return [];
  return [...(roleSession.tags ?? []), ...(roleOf(roleSession.roleArn, snapshot)?.tags ?? [])];
}

/** The tags of what is there under an ARN. */
function resourceTags(arn: string, snapshot: Snapshot): readonly Tag[] {
  const [type = ""] = (parseArn(arn)?.resource ?? "").split("/");
  switch (type) {
    case "cluster":
      return snapshot.get("cluster", arn)?.value.tags ?? [];
    case "service":
      return snapshot.get("service", arn)?.value.tags ?? [];
    case "task":
      return snapshot.get("task", arn)?.value.tags ?? [];
    case "task-set":
      return snapshot.get("taskSet", arn)?.value.tags ?? [];
    case "capacity-provider":
      return snapshot.get("capacityProvider", arn)?.value.tags ?? [];
    case "daemon":
      return snapshot.get("daemon", arn)?.value.tags ?? [];
    case "daemon-task-definition":
    case "task-definition":
      return snapshot.get("taskDefinition", arn)?.value.tags ?? [];
    case "container-instance":
      return snapshot.get("containerInstance", arn)?.value.tags ?? [];
    case "managed-instance":
      return machineTags(snapshot.get("managedInstance", managedInstanceKey(lastSegment(arn)))?.value);
    case "role":
      return snapshot.get("role", roleKeyOf(arn))?.value.tags ?? [];
    case "policy":
      return snapshot.get("managedPolicy", managedPolicyKeyOf(arn))?.value.tags ?? [];
    case "instance-profile":
      return snapshot.get("instanceProfile", instanceProfileKey(arn.slice(arn.lastIndexOf("/") + 1)))?.value.tags ?? [];
    default:
      return [];
  }
}

/** Systems Manager spells the members of tags its own way. */
const machineTags = (machine: ManagedInstance | undefined): readonly Tag[] =>
  (machine?.tags ?? []).map(({ Key: key = "", Value: value = "" }) => ({ key, value }));
