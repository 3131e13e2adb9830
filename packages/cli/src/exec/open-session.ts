import { DescribeTasksCommand, type ECSClient, ExecuteCommandCommand } from "@aws-sdk/client-ecs";
import { ResumeSessionCommand, type SSMClient, StartSessionCommand } from "@aws-sdk/client-ssm";
import { UserError } from "../terminal/user-error.ts";
import type { SessionAccess } from "./exec-session.ts";

export interface SessionWish {
  readonly cluster?: string;
  /** An id or an ARN. */
  readonly task: string;
  readonly container?: string;
  readonly command: string;
  /** Without one the program's two outputs stay apart, and bytes go through as they are. */
  readonly terminal: boolean;
}

export interface Clients {
  readonly ecs: ECSClient;
  readonly ssm: SSMClient;
}

/** Opens a session that runs a command in a container of a task. @throws UserError, and whatever the API refuses it with */
export async function openSession({ ecs, ssm }: Clients, wish: SessionWish): Promise<SessionAccess> {
  const { task, command, container } = wish;
  const cluster = clusterOf(wish);
  if (wish.terminal) {
    const { session } = await ecs.send(
      new ExecuteCommandCommand({ task, command, interactive: true, ...optional({ cluster, container }) }),
    );
    return requireAccess({
      SessionId: session?.sessionId,
      StreamUrl: session?.streamUrl,
      TokenValue: session?.tokenValue,
    });
  }
  const Target = await targetOf(ecs, wish);
  return requireAccess(
    await ssm.send(
      new StartSessionCommand({
        Target,
        DocumentName: "AWS-StartNonInteractiveCommand",
        Parameters: { command: [command] },
      }),
    ),
  );
}

/** Asks for another way into a session. @returns undefined once it is over. @throws UserError if that is refused */
export async function resumeSession(
  ssm: SSMClient,
  SessionId: string,
  abortSignal: AbortSignal,
): Promise<SessionAccess | undefined> {
  const answer = await ssm.send(new ResumeSessionCommand({ SessionId }), { abortSignal }).catch((error: unknown) => {
    throw isRefusal(error) ? new UserError(`The session cannot be taken up again: ${error.message}`) : error;
  });
  return answer.TokenValue ? requireAccess({ ...answer, SessionId }) : undefined;
}

function isRefusal(error: unknown): error is Error {
  const { httpStatusCode: status = 0 } =
    (error as { readonly $metadata?: { httpStatusCode?: number } }).$metadata ?? {};
  return error instanceof Error && status >= 400 && status < 500 && status !== 429;
}

/** The cluster as it was given, or out of the task's ARN; undefined for the default one. */
export function clusterOf({ cluster, task }: Pick<SessionWish, "cluster" | "task">): string | undefined {
  return cluster ?? /:task\/([^/]+)\/[^/]+$/.exec(task)?.[1];
}

async function targetOf(ecs: ECSClient, wish: SessionWish): Promise<string> {
  const cluster = clusterOf(wish);
  const { tasks = [] } = await ecs.send(new DescribeTasksCommand({ tasks: [wish.task], ...optional({ cluster }) }));
  const [task] = tasks;
  if (task === undefined) throw new UserError(`There is no task ${wish.task} in the cluster ${cluster ?? "default"}.`);
  const containers = task.containers ?? [];
  const names = containers.map(({ name }) => name).join(", ");
  if (wish.container === undefined && containers.length > 1)
    throw new UserError(`The task has several containers: name one with --container (${names}).`);
  const found = wish.container === undefined ? containers[0] : containers.find(({ name }) => name === wish.container);
  if (found === undefined) throw new UserError(`The task has no container ${wish.container}; it has ${names}.`);
  if (found.runtimeId === undefined) throw new UserError(`The container ${found.name} does not run.`);
  return `ecs:${lastPart(task.clusterArn)}_${lastPart(task.taskArn)}_${found.runtimeId}`;
}

const lastPart = (arn: string | undefined) => arn?.slice(arn.lastIndexOf("/") + 1) ?? "";

function requireAccess(answer: {
  readonly SessionId?: string | undefined;
  readonly StreamUrl?: string | undefined;
  readonly TokenValue?: string | undefined;
}): SessionAccess {
  const { SessionId = "", StreamUrl = "", TokenValue = "" } = answer;
  if (StreamUrl === "" || TokenValue === "") throw new UserError("The control plane opened no session.");
  return { sessionId: SessionId, streamUrl: StreamUrl, tokenValue: TokenValue };
}

/** Leaves out what is undefined. */
const optional = <T extends Readonly<Record<string, string | undefined>>>(
  members: T,
): { [K in keyof T]?: Exclude<T[K], undefined> } =>
  Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as never;
