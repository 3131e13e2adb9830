import type * as sdk from "@aws-sdk/client-cloudwatch-logs";
import { type LogResourcePolicy, logResourcePolicyKey } from "../../../model/log-filter.ts";
import { LogsError } from "../api-error.ts";
import { groupNameOf, requireGroup } from "../identifiers.ts";
import type { LogsContext, Operation } from "../operation.ts";
import { page } from "../page.ts";
import { deleteRecord, putRecord } from "../records.ts";

/** Of one account. Source: CloudWatch Logs user guide, "CloudWatch Logs quotas". */
const mostPolicies = 10;
const invalid = (message: string, options?: ErrorOptions) =>
  new LogsError("InvalidParameterException", message, options);

/** Keeps a policy; services of the house that write logs need none. Source: CloudWatch Logs API reference, PutResourcePolicy. */
export const putResourcePolicy: Operation<"PutResourcePolicy"> = async (input, context) => {
  const { store, clock, ids } = context;
  const { policyDocument: document = "", expectedRevisionId, resourceArn } = input;
  requirePolicy(document);
  if (resourceArn !== undefined) requireGroup(context.logStore, groupNameOf(resourceArn, context.caller));
  const name = input.policyName ?? "";
  if (name === "" && resourceArn === undefined) throw invalid("policyName is required.");
  const key = logResourcePolicyKey({ name, ...(resourceArn === undefined ? {} : { resourceArn }) });
  const policies = store.snapshot().list("logResourcePolicy");
  const known = policies.find(({ arn }) => arn === key)?.value;
  if (resourceArn !== undefined) requireRevision(known, expectedRevisionId);
  const ofAccount = policies.filter(({ value }) => value.resourceArn === undefined);
  if (known === undefined && resourceArn === undefined && ofAccount.length >= mostPolicies) {
    throw new LogsError("LimitExceededException", "Resource limit exceeded.");
  }
  const revisionId = ids.uuid();
  const policy = await putRecord(store, "logResourcePolicy", key, () => ({
    name,
    document,
    ...(resourceArn === undefined ? {} : { resourceArn, revisionId }),
    modifiedAt: clock.now(),
  }));
  return { resourcePolicy: describe(policy), ...(resourceArn === undefined ? {} : { revisionId }) };
};

function requirePolicy(document: string): void {
  try {
    const policy = JSON.parse(document) as { readonly Statement?: unknown } | null;
    if (typeof policy === "object" && policy?.Statement !== undefined) return;
  } catch (error) {
    throw invalid("Invalid policy document: it is no JSON.", { cause: error });
  }
  throw invalid("Invalid policy document: it has no Statement.");
}

function requireRevision(known: LogResourcePolicy | undefined, expected: string | undefined): void {
  if (known?.revisionId === expected) return;
  throw new LogsError("OperationAbortedException", "The expected revision ID is not that of the current policy.");
}

const describe = (policy: LogResourcePolicy): sdk.ResourcePolicy => ({
  ...(policy.name === "" ? {} : { policyName: policy.name }),
  policyDocument: policy.document,
  lastUpdatedTime: policy.modifiedAt,
  policyScope: policy.resourceArn === undefined ? "ACCOUNT" : "RESOURCE",
  ...(policy.resourceArn === undefined ? {} : { resourceArn: policy.resourceArn }),
  ...(policy.revisionId === undefined ? {} : { revisionId: policy.revisionId }),
});

/** Source: CloudWatch Logs API reference, DescribeResourcePolicies. */
export const describeResourcePolicies: Operation<"DescribeResourcePolicies"> = async (input, { store }) => {
  const { resourceArn, policyScope = resourceArn === undefined ? "ACCOUNT" : "RESOURCE", nextToken, limit } = input;
  const policies = store
    .snapshot()
    .list("logResourcePolicy")
    .filter(({ value }) => (value.resourceArn === undefined) === (policyScope === "ACCOUNT"))
    .filter(({ value }) => resourceArn === undefined || value.resourceArn === resourceArn)
    .toSorted((a, b) => (a.arn < b.arn ? -1 : 1));
  const found = page(policies, ({ arn }) => arn, { nextToken, limit });
  return {
    resourcePolicies: found.items.map(({ value }) => describe(value)),
    ...(found.nextToken === undefined ? {} : { nextToken: found.nextToken }),
  };
};

/** Source: CloudWatch Logs API reference, DeleteResourcePolicy. */
export const deleteResourcePolicy: Operation<"DeleteResourcePolicy"> = async (input, { store }: LogsContext) => {
  const { policyName: name = "", resourceArn, expectedRevisionId } = input;
  const key = logResourcePolicyKey({ name, ...(resourceArn === undefined ? {} : { resourceArn }) });
  if (resourceArn !== undefined)
    requireRevision(store.snapshot().get("logResourcePolicy", key)?.value, expectedRevisionId);
  if (await deleteRecord(store, "logResourcePolicy", key)) return {};
  throw new LogsError("ResourceNotFoundException", `Policy with name [${name}] does not exist.`);
};
