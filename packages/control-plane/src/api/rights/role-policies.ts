import { awsManagedPolicies } from "../../authorization/aws-managed-policies.ts";
import { type CompiledPolicy, compilePolicy } from "../../authorization/compile-policy.ts";
import type { PolicyLayers } from "../../authorization/evaluate-layers.ts";
import type { RoleSession } from "../../credentials/temporary-credentials.ts";
import { managedPolicyKeyOf, type PolicyVersion, type Role, roleKeyOf } from "../../model/role.ts";
import type { Snapshot } from "../../store/store.ts";

/**
 * The policies of roles, ready to be asked. Stored values never change, so each is made ready once: for as long as it is
 * the role's, and the same for all its sessions.
 */
export class RolePolicies {
  private readonly inline = new WeakMap<Role, readonly CompiledPolicy[]>();
  private readonly trust = new WeakMap<Role, CompiledPolicy>();
  private readonly versions = new WeakMap<PolicyVersion, CompiledPolicy>();
  private readonly texts = new Map<string, CompiledPolicy>();

  /** What limits a session; undefined if its role is not there any more. */
  layersOf(session: RoleSession, snapshot: Snapshot): PolicyLayers | undefined {
    const role = roleOf(session.roleArn, snapshot);
    if (role === undefined || role.createdAt !== (session.roleCreatedAt ?? role.createdAt)) return undefined;
    const { permissionsBoundaryArn: boundaryArn } = role;
    const limits = this.sessionPolicies(session, snapshot);
    return {
      identity: [...this.inlineOf(role), ...role.attachedPolicyArns.map((arn) => this.managed(arn, snapshot))],
      ...(boundaryArn === undefined ? {} : { boundary: this.managed(boundaryArn, snapshot) }),
      ...(limits === undefined ? {} : { session: limits }),
    };
  }

  /** Who may take on a role. */
  trustOf(role: Role): CompiledPolicy {
    return remembered(this.trust, role, () => compilePolicy(role.assumeRolePolicyDocument, "trust"));
  }

  private inlineOf(role: Role): readonly CompiledPolicy[] {
    return remembered(this.inline, role, () =>
      role.inlinePolicies.map(({ policyDocument }) => compilePolicy(policyDocument, "identity")),
    );
  }

  private sessionPolicies({ policy, policyArns = [] }: RoleSession, snapshot: Snapshot) {
    if (policy === undefined && policyArns.length === 0) return undefined;
    const managed = policyArns.map((arn) => this.managed(arn, snapshot));
    return policy === undefined ? managed : [...managed, this.text(policy)];
  }

  /** A policy that is not there any more allows nothing. */
  private managed(arn: string, snapshot: Snapshot): CompiledPolicy {
    const found = awsManagedPolicies.get(arn) ?? snapshot.get("managedPolicy", managedPolicyKeyOf(arn))?.value;
    const version =
      found?.arn === arn ? found.versions.find(({ versionId }) => versionId === found.defaultVersionId) : undefined;
    if (version === undefined) return [];
    return remembered(this.versions, version, () => compilePolicy(version.policyDocument, "identity"));
  }

  private text(policy: string): CompiledPolicy {
    const known = this.texts.get(policy);
    if (known !== undefined) return known;
    if (this.texts.size >= maxTexts) this.texts.clear();
    const compiled = compilePolicy(policy, "identity");
    this.texts.set(policy, compiled);
    return compiled;
  }
}

/** Policies of sessions that are kept ready; then it begins anew. */
const maxTexts = 500;

/** The role of that very ARN. */
export function roleOf(roleArn: string, snapshot: Snapshot): Role | undefined {
  const role = snapshot.get("role", roleKeyOf(roleArn))?.value;
  return role?.arn === roleArn ? role : undefined;
}

function remembered<K extends object, V>(known: WeakMap<K, V>, key: K, make: () => V): V {
  const found = known.get(key);
  if (found !== undefined) return found;
  const made = make();
  known.set(key, made);
  return made;
}
