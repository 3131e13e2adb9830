/** What belongs to a machine that joined by an activation. Identifiers are ids or ARNs, as callers give them. */
export interface MachineScope {
  /** `mi-…`. */
  readonly instanceId: string;
  ownsContainerInstance(identifier: string): boolean;
  /** Tasks that were placed on it; one that nobody knows is anybody's, and the operation says that it is not there. */
  ownsTask(identifier: string): boolean;
  ownsAttachment(attachmentArn: string): boolean;
  /** Log groups that its tasks write to. */
  ownsLogGroup(name: string): boolean;
}

type Input = Readonly<Record<string, unknown>>;
type Right = (input: Input, scope: MachineScope) => boolean;

const always: Right = () => true;
const texts = (value: unknown): readonly string[] =>
  (Array.isArray(value) ? (value as unknown[]) : value === undefined ? [] : [value]).filter(
    (each) => typeof each === "string",
  );
/** Every text that the members hold belongs to the machine, and there is at least one. */
const only =
  (member: string, owns: (scope: MachineScope, text: string) => boolean): Right =>
  (input, scope) => {
    const named = texts(input[member]);
    return named.length > 0 && named.every((text) => owns(scope, text));
  };
const ownInstance = (member: string) => only(member, (scope, text) => scope.ownsContainerInstance(text));
const ownTask = only("task", (scope, text) => scope.ownsTask(text));
const ownLogGroup = only("logGroupName", (scope, text) => scope.ownsLogGroup(text));

/**
 * All that the key of a machine opens: what an agent does, for its own container instance and the tasks on it. What is not
 * in here is refused. Keys are actions as IAM spells them. Source: agent protocol, sections 2.2 to 2.6.
 */
const rights: Readonly<Record<string, Right>> = {
  // Which container instance it may become again is for the operation to say: it knows only its own.
  "ecs:RegisterContainerInstance": always,
  "ecs:CreateCluster": ({ clusterName }) => clusterName === undefined || clusterName === "default",
  "ecs:DiscoverPollEndpoint": ownInstance("containerInstance"),
  "ecs:SubmitTaskStateChange": ownTask,
  "ecs:SubmitContainerStateChange": ownTask,
  "ecs:SubmitAttachmentStateChanges": ({ attachments }, scope) =>
    Array.isArray(attachments) &&
    attachments.every(({ attachmentArn }: Input) => scope.ownsAttachment(String(attachmentArn))),
  "ecs:UpdateContainerInstancesState": ownInstance("containerInstances"),
  "ecs:DescribeContainerInstances": ownInstance("containerInstances"),
  "ecs:DeregisterContainerInstance": ownInstance("containerInstance"),
  "ecs:ListContainerInstances": ({ filter }, { instanceId }) => filter === `ec2InstanceId == ${instanceId}`,
  "ecs:ListTagsForResource": only(
    "resourceArn",
    (scope, arn) => scope.ownsContainerInstance(arn) || (arn.includes(":task/") && scope.ownsTask(arn)),
  ),
  // Whether volumes are still there that lie on its disk.
  "ecs:ListKeptVolumes": always,
  // Images of the house's registry, as the instance role of ECS has it.
  "ecr:GetAuthorizationToken": always,
  "ecr:BatchCheckLayerAvailability": always,
  "ecr:BatchGetImage": always,
  "ecr:GetDownloadUrlForLayer": always,
  "logs:CreateLogGroup": ownLogGroup,
  "logs:CreateLogStream": ownLogGroup,
  "logs:PutLogEvents": ownLogGroup,
  "logs:GetLogEvents": ownLogGroup,
  "logs:DescribeLogGroups": only("logGroupNamePrefix", (scope, text) => scope.ownsLogGroup(text)),
  "ssm:DeregisterManagedInstance": ({ InstanceId }, { instanceId }) => InstanceId === instanceId,
  "ssm:DescribeInstanceInformation": ({ Filters }, { instanceId }) =>
    Array.isArray(Filters) &&
    Filters.some(({ Key, Values }: Input) => Key === "InstanceIds" && texts(Values).every((id) => id === instanceId)),
  "sts:GetCallerIdentity": always,
};

/** Whether a machine's key may make this call. @param action as `ecs:SubmitTaskStateChange` */
export const mayMachine = (action: string, input: Input, scope: MachineScope): boolean =>
  Object.hasOwn(rights, action) && rights[action]?.(input, scope) === true;

/** The sockets that agents open, and the parameter in which each names its container instance. */
export const agentSockets: Readonly<Record<string, string>> = {
  "/acs/ws": "containerInstanceArn",
  "/tcs/ws": "containerInstance",
  "/sessions/ws": "containerInstanceArn",
};
