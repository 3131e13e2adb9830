import { type RightsOf, textIn } from "./right.ts";

const session: RightsOf = (input, { place }) => [
  { resource: `arn:aws:ssm:${place.region}:${place.accountId}:session/${textIn(input, "SessionId") ?? ""}` },
];
const managedInstance: RightsOf = (input, { place }) => [
  { resource: `arn:aws:ssm:${place.region}:${place.accountId}:managed-instance/${textIn(input, "InstanceId") ?? ""}` },
];

/** `ecs:CLUSTER_TASK-ID_RUNTIME-ID` names a container of a task, anything else a machine. */
const target: RightsOf = (input, { place }) => {
  const text = textIn(input, "Target") ?? "";
  const [, cluster, task] = /^ecs:(.+)_([0-9a-f]+)_.+$/.exec(text) ?? [];
  const { region, accountId } = place;
  if (cluster !== undefined) return [{ resource: `arn:aws:ecs:${region}:${accountId}:task/${cluster}/${task}` }];
  const [service, type] = text.startsWith("mi-") ? ["ssm", "managed-instance"] : ["ec2", "instance"];
  return [{ resource: `arn:aws:${service}:${region}:${accountId}:${type}/${text}` }];
};

/**
 * What calls of Systems Manager need; what is not in here needs its action on `*`.
 * Source: Service Authorization Reference, "AWS Systems Manager".
 */
export const ssmRights: Readonly<Partial<Record<string, RightsOf>>> = {
  DeregisterManagedInstance: managedInstance,
  ResumeSession: session,
  StartSession: target,
  TerminateSession: session,
};
