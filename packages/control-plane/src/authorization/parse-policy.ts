import { isConditionOperator } from "./condition-operators.ts";
import {
  type Conditions,
  type PolicyDocument,
  PolicyError,
  type PolicyUse,
  type Principals,
  type Selection,
  type Statement,
} from "./policy-document.ts";

type Json = Readonly<Record<string, unknown>>;

/**
 * Reads a policy document. Names of elements keep their case, as in IAM.
 * @throws PolicyError with IAM's own text. Source: IAM user guide, "Grammar of the IAM JSON policy language".
 */
export function parsePolicy(text: string, use: PolicyUse): PolicyDocument {
  const document = objectIn(text);
  requireMembers(document, ["Version", "Id", "Statement"]);
  const version = document.Version ?? "2008-10-17";
  if (version !== "2012-10-17" && version !== "2008-10-17") {
    throw syntax();
  }
  if (document.Id !== undefined && typeof document.Id !== "string") throw syntax();
  const given = Array.isArray(document.Statement) ? (document.Statement as unknown[]) : [document.Statement];
  if (document.Statement === undefined || given.length === 0) throw syntax();
  const statements = given.map((each) => statementFrom(each, use));
  requireDifferentSids(statements);
  return { version, statements };
}

const syntax = () => new PolicyError("Syntax errors in policy.");

function objectIn(text: string): Json {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new PolicyError("This policy contains invalid Json", { cause: error });
  }
  if (!isObject(value)) throw syntax();
  return value;
}

function statementFrom(value: unknown, use: PolicyUse): Statement {
  if (!isObject(value)) throw syntax();
  const pairs = ["Action", "NotAction", "Resource", "NotResource", "Principal", "NotPrincipal"];
  requireMembers(value, ["Sid", "Effect", "Condition", ...pairs]);
  const effect = value.Effect;
  if (effect !== "Allow" && effect !== "Deny") throw syntax();
  const actions = oneOf(value, "Action", textsOf);
  if (actions === undefined) throw new PolicyError("Policy statement must contain actions.");
  for (const action of actions.of) requireAction(action, use);
  const subject = subjectOf(value, use);
  return { ...sidOf(value), effect, actions, ...subject, conditions: conditionsOf(value.Condition) };
}

/** On what, or who, or both. */
function subjectOf(statement: Json, use: PolicyUse): Pick<Statement, "resources" | "principals"> {
  if (use === "identity") return { resources: resourcesOf(statement) };
  if (use === "trust") return { principals: principalsOf(statement) };
  const { Resource, NotResource, Principal, NotPrincipal, ...rest } = statement;
  const principals = principalsOf({ ...rest, Principal, NotPrincipal });
  if (Resource === undefined && NotResource === undefined) return { principals };
  return { principals, resources: resourcesOf({ ...rest, Resource, NotResource }) };
}

function requireDifferentSids(statements: readonly Statement[]): void {
  const sids = statements.flatMap(({ sid }) => (sid === undefined || sid === "" ? [] : [sid]));
  if (new Set(sids).size < sids.length) {
    throw new PolicyError("Statement IDs (SID) in a single policy must be unique.");
  }
}

function sidOf({ Sid: sid }: Json): { readonly sid?: string } {
  if (sid === undefined) return {};
  if (typeof sid !== "string") throw syntax();
  if (!/^[0-9A-Za-z]*$/.test(sid)) {
    throw new PolicyError(
      "Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the regular expression [0-9A-Za-z]*",
    );
  }
  return { sid };
}

function requireAction(action: string, use: PolicyUse): void {
  if (action !== "*" && !action.includes(":")) {
    throw new PolicyError("Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.");
  }
  if (action !== "*" && !/^[\w-]+:[\w*?]+$/.test(action)) {
    const [vendor = ""] = action.split(":");
    throw /^[\w-]+$/.test(vendor) ? syntax() : new PolicyError(`Vendor ${vendor} is not valid`);
  }
  if (use === "trust" && !/^sts:/i.test(action)) {
    throw new PolicyError("AssumeRole policy may only specify STS AssumeRole actions.");
  }
}

function resourcesOf(statement: Json): Selection<readonly string[]> {
  if (statement.Principal !== undefined || statement.NotPrincipal !== undefined) {
    throw new PolicyError("Policy document should not specify a principal.");
  }
  const resources = oneOf(statement, "Resource", textsOf);
  if (resources === undefined) throw new PolicyError("Policy statement must contain resources.");
  for (const resource of resources.of) requireResource(resource);
  return resources;
}

function requireResource(resource: string): void {
  if (resource === "*") return;
  const [arn, partition = "", service, ...more] = resource.split(":");
  if (arn !== "arn" || service === undefined) {
    throw new PolicyError(`Resource ${resource} must be in ARN format or "*".`);
  }
  if (!/^(aws(-\w+)*|\*)$/.test(partition) && !partition.includes("*")) {
    throw new PolicyError(`Partition "${partition}" is not valid for resource "${resource}".`);
  }
  if (more.length < 3 && !resource.endsWith("*")) throw new PolicyError("The policy failed legacy parsing");
}

function principalsOf(statement: Json): Selection<Principals> {
  if (statement.Resource !== undefined || statement.NotResource !== undefined) {
    throw new PolicyError("Has prohibited field Resource");
  }
  const principals = oneOf(statement, "Principal", (value): Principals => {
    if (value === "*") return value;
    if (!isObject(value) || Object.keys(value).length === 0) throw syntax();
    return Object.fromEntries(Object.entries(value).map(([kind, who]) => [kind, principalsOfKind(kind, who)]));
  });
  if (principals === undefined) throw new PolicyError("Missing required field Principal");
  return principals;
}

function principalsOfKind(kind: string, value: unknown): readonly string[] {
  if (!["AWS", "Service", "Federated", "CanonicalUser"].includes(kind)) throw syntax();
  const who = textsOf(value);
  const isPrincipal = kind === "AWS" ? /^(\*|\d{12}|arn:aws[\w-]*:(iam|sts)::\d{12}:.+|A[A-Z]{2}A\w+)$/ : /^.+$/;
  const wrong = who.find((each) => !isPrincipal.test(each));
  if (wrong !== undefined) throw new PolicyError(`Invalid principal in policy: "${kind}":"${wrong}"`);
  return who;
}

function conditionsOf(value: unknown): Conditions {
  if (value === undefined) return {};
  if (!isObject(value)) throw syntax();
  return Object.fromEntries(
    Object.entries(value).map(([operator, tests]) => {
      if (!isConditionOperator(operator)) throw new PolicyError(`Invalid Condition type : ${operator}.`);
      if (!isObject(tests)) throw syntax();
      return [operator, Object.fromEntries(Object.entries(tests).map(([key, values]) => [key, valuesOf(key, values)]))];
    }),
  );
}

function valuesOf(key: string, values: unknown): readonly string[] {
  if (!key.includes(":")) {
    throw new PolicyError("Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.");
  }
  return (Array.isArray(values) ? (values as unknown[]) : [values]).map((value) => {
    if (typeof value !== "string" && typeof value !== "number" && typeof value !== "boolean") throw syntax();
    return String(value);
  });
}

/** `Action` or `NotAction`, and not both; undefined if there is neither. */
function oneOf<T>(statement: Json, name: string, read: (value: unknown) => T): Selection<T> | undefined {
  const [plain, except] = [statement[name], statement[`Not${name}`]];
  if (plain !== undefined && except !== undefined) throw syntax();
  if (plain !== undefined) return { except: false, of: read(plain) };
  return except === undefined ? undefined : { except: true, of: read(except) };
}

function textsOf(value: unknown): readonly string[] {
  const list: readonly unknown[] = Array.isArray(value) ? value : [value];
  return list.map((each) => {
    if (typeof each !== "string") throw syntax();
    return each;
  });
}

function requireMembers(value: Json, known: readonly string[]): void {
  if (Object.keys(value).some((name) => !known.includes(name))) throw syntax();
}

const isObject = (value: unknown): value is Json =>
  typeof value === "object" && value !== null && !Array.isArray(value);
