import type { Place } from "@hatoba/contract";
import { findTarget } from "../ssm/sessions/session-target.ts";
import { parameterRights } from "./parameter-rights.ts";
import { passRoles } from "./pass-role.ts";
import { everywhere, type RightsOf, type Scope, textIn } from "./right.ts";

const session: RightsOf = (input, { place }) => [
  { resource: `arn:aws:ssm:${place.region}:${place.accountId}:session/${textIn(input, "SessionId") ?? ""}` },
];
const managedInstance: RightsOf = (input, { place }) => [
  { resource: `arn:aws:ssm:${place.region}:${place.accountId}:managed-instance/${textIn(input, "InstanceId") ?? ""}` },
];

const machineArn = (id: string, { region, accountId }: Place) => {
  const [service, type] = id.startsWith("mi-") ? ["ssm", "managed-instance"] : ["ec2", "instance"];
  return `arn:aws:${service}:${region}:${accountId}:${type}/${id}`;
};

/** A machine goes by its own id, also if it is called by its container instance; one without an id by that. */
function machineOf(name: string, { place, snapshot }: Scope): string {
  const arn = findTarget(snapshot, name, place)?.containerInstanceArn;
  if (arn === undefined) return machineArn(name, place);
  const id = snapshot.get("containerInstance", arn)?.value.ec2InstanceId;
  return id === undefined ? arn : machineArn(id, place);
}

/** `ecs:CLUSTER_TASK-ID_RUNTIME-ID` names a container of a task, anything else a machine. */
const target: RightsOf = (input, scope) => {
  const text = textIn(input, "Target") ?? "";
  const [, cluster, task] = /^ecs:(.+)_([0-9a-f]+)_.+$/.exec(text) ?? [];
  const { region, accountId } = scope.place;
  if (cluster !== undefined) return [{ resource: `arn:aws:ecs:${region}:${accountId}:task/${cluster}/${task}` }];
  return [{ resource: machineOf(text, scope) }];
};

/**
 * A document that is named has to be allowed too; the shell that opens without one is not asked for, unless a policy insists
 * on documents by `ssm:SessionDocumentAccessCheck`. Documents of AWS's own have no account.
 * Source: Systems Manager user guide, "Start a session with a document by specifying the session documents in IAM policies".
 */
const opening: RightsOf = (input, scope) => {
  const name = textIn(input, "DocumentName");
  const { region, accountId } = scope.place;
  const documents = name === undefined ? [] : [{ resource: documentArn(name, region, accountId) }];
  const keys = { "ssm:SessionDocumentAccessCheck": String(name !== undefined) };
  return [...target(input, scope), ...documents].map((right) => ({ ...right, keys }));
};

const documentArn = (name: string, region: string, accountId: string): string =>
  name.startsWith("arn:") ? name : `arn:aws:ssm:${region}:${name.startsWith("AWS-") ? "" : accountId}:document/${name}`;

/** Who lets machines join passes them their role. */
const activation: RightsOf = (input, scope) => [
  everywhere,
  ...passRoles({ taskRoleArn: textIn(input, "IamRole") }, scope).map((right) => ({
    ...right,
    keys: { "iam:PassedToService": "ssm.amazonaws.com" },
  })),
];

/**
 * What calls of Systems Manager need; what is not in here needs its action on `*`.
 * Source: Service Authorization Reference, "AWS Systems Manager".
 */
export const ssmRights: Readonly<Partial<Record<string, RightsOf>>> = {
  ...parameterRights,
  CreateActivation: activation,
  DeregisterManagedInstance: managedInstance,
  ResumeSession: session,
  StartSession: opening,
  TerminateSession: session,
};
