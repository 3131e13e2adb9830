import { type ChannelTask, type ChannelVolume, type EfsGrant, lastSegment, type Place } from "@hatoba/contract";
import { type CompiledPolicy, compilePolicy } from "../../authorization/compile-policy.ts";
import type { AuthorizationRequest } from "../../authorization/evaluate.ts";
import { evaluateLayers, type PolicyLayers } from "../../authorization/evaluate-layers.ts";
import { evaluateResource } from "../../authorization/evaluate-resource.ts";
import { accessPointArn, type FileSystem, fileSystemArn } from "../../model/file-system.ts";
import { roleArn } from "../../model/role.ts";
import type { Task } from "../../model/task.ts";
import type { Clock } from "../../platform/clock.ts";
import type { Snapshot } from "../../store/store.ts";
import type { Caller } from "../operation-context.ts";
import { requestContext } from "../rights/request-context.ts";
import type { RolePolicies } from "../rights/role-policies.ts";

type EfsVolume = NonNullable<ChannelVolume["efsVolumeConfiguration"]>;
/** What clients of a file system ask for. Source: EFS user guide, "Using IAM to control file system data access". */
type ClientAction = "ClientMount" | "ClientWrite" | "ClientRootAccess";

/** What grants are made from. */
export interface GrantDeps {
  readonly policies: RolePolicies;
  readonly clock: Clock;
  readonly settings: Place;
}

/**
 * The side of the file system of every EFS volume of a task: whether there is a mount target in the task's zone, what the access
 * point makes of it, and what policies say. Texts are those that the EFS mount helper shows.
 * Source: EFS user guide, "Mounting file systems" and "Troubleshooting mount issues".
 */
export const efsGrants =
  (deps: GrantDeps) =>
  (entry: ChannelTask, task: Task, snapshot: Snapshot): ChannelTask => {
    if (!entry.volumes?.some(({ efsVolumeConfiguration: efs }) => efs)) return entry;
    const volumes = entry.volumes.map((volume): ChannelVolume => {
      const { efsVolumeConfiguration: efs } = volume;
      if (efs === undefined) return volume;
      return { ...volume, efsVolumeConfiguration: { ...efs, hatobaGrant: grant(efs, { task, snapshot, deps }) } };
    });
    return { ...entry, volumes };
  };

interface Surroundings {
  readonly task: Task;
  readonly snapshot: Snapshot;
  readonly deps: GrantDeps;
}

const denied = (path: string): EfsGrant => ({
  refused: `mount.nfs4: access denied by server while mounting 127.0.0.1:${path}`,
  code: 32,
});

function grant(efs: EfsVolume, around: Surroundings): EfsGrant {
  const { task, snapshot, deps } = around;
  const fileSystemId = lastSegment(efs.fileSystemId);
  const fs = snapshot.get("fileSystem", fileSystemId)?.value;
  const targets = snapshot.list("mountTarget", { fileSystemId });
  if (fs === undefined || !targets.some(({ value }) => value.availabilityZone === task.availabilityZone)) {
    const name = `${fileSystemId}.efs.${deps.settings.region}.amazonaws.com`;
    const advice = `ensure that the VPC has an EFS mount target for this file system ID in ${task.availabilityZone ?? "its zone"}`;
    return {
      refused: `Failed to resolve "${name}" - check that your file system ID is correct, and ${advice}.`,
      code: 1,
    };
  }
  const { accessPointId, iam } = efs.authorizationConfig ?? {};
  if (iam === "ENABLED" && taskRoleOf(task, snapshot, deps.settings) === undefined) {
    return { refused: "AWS Access Key ID and Secret Access Key are not found: the task has no role.", code: 1 };
  }
  const point =
    accessPointId === undefined ? undefined : snapshot.get("accessPoint", lastSegment(accessPointId))?.value;
  const path = point?.rootDirectory ?? (efs.rootDirectory || "/");
  if (accessPointId !== undefined && point?.fileSystemId !== fileSystemId) return denied(path);
  const may = rightsOn(fs, efs, around);
  if (!may("ClientMount")) return denied(path);
  return {
    path,
    ...(point?.creationInfo === undefined ? {} : { create: point.creationInfo }),
    ...(point?.posixUser === undefined ? {} : { user: point.posixUser }),
    mayWrite: may("ClientWrite"),
    mayBeRoot: may("ClientRootAccess"),
  };
}

/**
 * Without a policy of the file system everybody may do everything, unless the task's role is forbidden it; with one, it or the role's
 * own policies have to allow what is asked, and neither may forbid it. Who does not say by IAM who it is, is somebody unknown.
 */
function rightsOn(fs: FileSystem, efs: EfsVolume, { task, snapshot, deps }: Surroundings) {
  const arn = fileSystemArn(deps.settings, fs.fileSystemId);
  const role = efs.authorizationConfig?.iam === "ENABLED" ? taskRoleOf(task, snapshot, deps.settings) : undefined;
  const policy = fs.policy === undefined ? undefined : compiled(fs, fs.policy);
  const caller = callerFor(task, role, deps.settings);
  const layers = caller.roleSession && deps.policies.layersOf(caller.roleSession, snapshot);
  const principal = role === undefined ? undefined : { accountId: deps.settings.accountId, arns: [role, caller.arn] };
  const accessPoint = efs.authorizationConfig?.accessPointId;
  const keys = {
    "elasticfilesystem:AccessedViaMountTarget": "true",
    "aws:SecureTransport": String(efs.transitEncryption === "ENABLED"),
    ...(accessPoint === undefined
      ? {}
      : { "elasticfilesystem:AccessPointArn": accessPointArn(deps.settings, lastSegment(accessPoint)) }),
  };
  return (name: ClientAction): boolean => {
    const action = `elasticfilesystem:${name}`;
    const right = { action, resource: arn, keys };
    const context = requestContext({ caller, now: deps.clock.now() }, { input: {}, right, snapshot });
    const request = { action, resource: arn, context };
    const own = layers === undefined ? "implicitDeny" : ownDecision(request, layers);
    const ofResource = policy === undefined ? "allow" : evaluateResource(request, principal, policy);
    if (own === "explicitDeny" || ofResource === "explicitDeny") return false;
    return own === "allow" || ofResource === "allow";
  };
}

function ownDecision(request: AuthorizationRequest, layers: PolicyLayers) {
  const verdict = evaluateLayers(request, layers);
  if (verdict.allowed) return "allow";
  return verdict.explicit ? "explicitDeny" : "implicitDeny";
}

function taskRoleOf({ overrides, taskDefinitionArn }: Task, snapshot: Snapshot, place: Place): string | undefined {
  const named =
    overrides.taskRoleArn ?? snapshot.get("taskDefinition", taskDefinitionArn)?.value.registered.taskRoleArn;
  if (!named || named.startsWith("arn:")) return named || undefined;
  return roleArn(place, "/", named.replace(/^\//, ""));
}

function callerFor(task: Task, role: string | undefined, place: Place): Caller {
  const anonymous = { ...place, arn: "*", userId: "*", accessKeyId: "" };
  if (role === undefined) return anonymous;
  const name = role.slice(role.lastIndexOf("/") + 1);
  const session = { roleArn: role, sessionName: "efs", expiresAt: Number.POSITIVE_INFINITY };
  const arn = `arn:aws:sts::${place.accountId}:assumed-role/${name}/${task.family}`;
  return { ...anonymous, arn, roleSession: session };
}

/** Stored values never change, so each policy is read once. */
const known = new WeakMap<FileSystem, CompiledPolicy>();
function compiled(fs: FileSystem, policy: string): CompiledPolicy {
  const found = known.get(fs) ?? compilePolicy(policy, "resource");
  known.set(fs, found);
  return found;
}
