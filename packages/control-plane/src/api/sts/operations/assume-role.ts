import type { AssumeRoleRequest, AssumeRoleResponse } from "@aws-sdk/client-sts";
import { evaluateTrust, type Principal } from "../../../authorization/evaluate-trust.ts";
import { roleUniqueId } from "../../../credentials/role-unique-id.ts";
import type { TemporaryCredentials } from "../../../credentials/temporary-credentials.ts";
import type { Role } from "../../../model/role.ts";
import type { Caller, OperationContext } from "../../operation-context.ts";
import { type CallFacts, requestContext } from "../../rights/request-context.ts";
import type { Input } from "../../rights/right.ts";
import { roleOf } from "../../rights/role-policies.ts";
import type { RoleRights } from "../../rights/role-rights.ts";
import { StsError } from "../api-error.ts";
import { durationOf, limitsFrom, packedSize, refuseUnknown } from "../session-request.ts";

/** What the operations of STS need beside the rest. */
export interface StsContext extends OperationContext {
  readonly credentials: TemporaryCredentials;
  readonly rights: RoleRights;
}

/**
 * Gives out temporary credentials of a role to whom it trusts. Unlike in AWS, the account's root may take on roles: it is
 * the only one who calls before there is any session. Source: STS API reference, AssumeRole.
 * @throws StsError AccessDenied for a role that is not there or does not trust the caller: nobody is told which
 */
export async function assumeRole(input: AssumeRoleRequest, context: StsContext): Promise<AssumeRoleResponse> {
  const { store, clock, caller, credentials } = context;
  const { RoleArn: roleArn = "", RoleSessionName: sessionName = "" } = input;
  if (!/^arn:aws:iam::\d{12}:role\/.+$/.test(roleArn)) throw new StsError("ValidationError", `${roleArn} is invalid`);
  refuseUnknown(input);
  const snapshot = store.snapshot();
  const role = roleOf(roleArn, snapshot);
  if (role === undefined) throw denied(caller, "sts:AssumeRole", roleArn);
  for (const action of actionsOf(input)) {
    if (!mayAssume(action, role, input, context)) throw denied(caller, action, roleArn);
  }
  const limits = limitsFrom(input, snapshot);
  const seconds = durationOf(input, role, caller.roleSession !== undefined);
  const expiresAt = (Math.floor(clock.now() / 1000) + seconds) * 1000; // whole seconds, as it is written
  const keys = credentials.issue({ roleArn, sessionName, expiresAt, roleCreatedAt: role.createdAt, ...limits });
  return {
    Credentials: {
      AccessKeyId: keys.accessKeyId,
      SecretAccessKey: keys.secretAccessKey,
      SessionToken: keys.sessionToken,
      Expiration: new Date(expiresAt),
    },
    AssumedRoleUser: {
      AssumedRoleId: `${roleUniqueId(roleArn)}:${sessionName}`,
      Arn: `arn:aws:sts::${caller.accountId}:assumed-role/${role.roleName}/${sessionName}`,
    },
    ...(limits.policy === undefined && limits.policyArns === undefined ? {} : { PackedPolicySize: packedSize(limits) }),
  };
}

const denied = ({ arn }: Caller, action: string, roleArn: string) =>
  new StsError("AccessDenied", `User: ${arn} is not authorized to perform: ${action} on resource: ${roleArn}`);

/** Tagging a session is an action of its own. */
const actionsOf = ({ Tags: tags = [] }: AssumeRoleRequest): readonly string[] =>
  tags.length === 0 ? ["sts:AssumeRole"] : ["sts:AssumeRole", "sts:TagSession"];

/**
 * Whether the role trusts the caller, and the caller's own policies go along: they have to allow it where the role trusts
 * the account, and must not deny it where the role names the caller.
 */
function mayAssume(action: string, role: Role, input: AssumeRoleRequest, context: StsContext): boolean {
  const { caller, clock, endpoint, remoteAddress, store, rights } = context;
  const facts: CallFacts = {
    caller,
    now: clock.now(),
    endpoint,
    ...(remoteAddress === undefined ? {} : { remoteAddress }),
  };
  const keys = { "sts:ExternalId": input.ExternalId, "sts:RoleSessionName": input.RoleSessionName };
  const right = { action, resource: role.arn, keys };
  const asked = { right, input: { ...input } as Input };
  const trustContext = requestContext(facts, { ...asked, snapshot: store.snapshot() });
  const principal = principalOf(caller);
  const trust = evaluateTrust({ action, principal, context: trustContext }, rights.policies.trustOf(role));
  if (trust === "explicitDeny" || trust === "implicitDeny") return false;
  if (caller.roleSession === undefined) return true;
  const verdict = rights.judge(asked, facts);
  return verdict.allowed || (trust === "allow" && !verdict.explicit);
}

const principalOf = ({ accountId, arn, roleSession }: Caller): Principal => ({
  accountId,
  arns: roleSession === undefined ? [arn] : [arn, roleSession.roleArn],
});
