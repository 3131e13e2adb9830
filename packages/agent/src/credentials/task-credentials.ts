import type { ChannelTask, IAMRoleCredentials, IAMRoleCredentialsMessage } from "@hatoba/contract";
import type { CredentialsHandler, CredentialsReceipt } from "../channel/assignment-handler.ts";

export type RoleType = IAMRoleCredentialsMessage["roleType"];

/** Credentials of one role of one task. */
export interface HeldCredentials {
  readonly taskArn: string;
  readonly roleType: RoleType;
  readonly credentials: IAMRoleCredentials;
}

/**
 * The credentials of all tasks of this agent, in memory alone: after a restart the control plane sends them again. A task's
 * payload keeps the ids, without which its containers could not be told where to ask.
 */
export class TaskCredentials implements CredentialsHandler {
  readonly #alive: () => readonly string[];
  readonly #byId = new Map<string, HeldCredentials>();
  readonly #idsOf = new Map<string, Set<string>>();

  /** @param alive ARNs of this agent's tasks that are not over: credentials are kept just as long */
  constructor(alive: () => readonly string[]) {
    this.#alive = alive;
  }

  take(tasks: readonly ChannelTask[]): {
    readonly tasks: readonly ChannelTask[];
    readonly receipts: readonly CredentialsReceipt[];
  } {
    this.#tidy();
    const receipts = tasks.flatMap((task) =>
      (["TaskApplication", "TaskExecution"] as const).flatMap((roleType) => {
        const credentials = task[memberOf[roleType]];
        if (!isComplete(credentials)) return [];
        if (task.desiredStatus !== "STOPPED") this.#hold({ taskArn: task.arn, roleType, credentials });
        return [receiptOf(credentials)];
      }),
    );
    return { tasks: tasks.map(withoutSecrets), receipts };
  }

  update({ taskArn, roleType, roleCredentials }: IAMRoleCredentialsMessage): CredentialsReceipt | undefined {
    if (!this.#alive().includes(taskArn) || !isComplete(roleCredentials) || !(roleType in memberOf)) return undefined;
    this.#hold({ taskArn, roleType, credentials: roleCredentials });
    return receiptOf(roleCredentials);
  }

  find(credentialsId: string): HeldCredentials | undefined {
    return this.#byId.get(credentialsId);
  }

  /** Of the task role, or the execution role; undefined if there is none, or it has not come yet. */
  ofTask(taskArn: string, roleType: RoleType): HeldCredentials | undefined {
    const ids = this.#idsOf.get(taskArn) ?? [];
    return [...ids].flatMap((id) => this.#byId.get(id) ?? []).find((held) => held.roleType === roleType);
  }

  /** A task is gone, and its credentials with it. */
  drop(taskArn: string): void {
    for (const id of this.#idsOf.get(taskArn) ?? []) this.#byId.delete(id);
    this.#idsOf.delete(taskArn);
  }

  /** Drops those of tasks that are over, or were not taken on. */
  #tidy(): void {
    const alive = new Set(this.#alive());
    for (const taskArn of this.#idsOf.keys()) if (!alive.has(taskArn)) this.drop(taskArn);
  }

  #hold(held: HeldCredentials): void {
    const { credentialsId } = held.credentials;
    this.#byId.set(credentialsId, held);
    const ids = this.#idsOf.get(held.taskArn) ?? new Set<string>();
    this.#idsOf.set(held.taskArn, ids.add(credentialsId));
  }
}

const memberOf = { TaskApplication: "roleCredentials", TaskExecution: "executionRoleCredentials" } as const;

/** A task with nothing left of its credentials but their ids and roles. */
export function withoutSecrets(task: ChannelTask): ChannelTask {
  const { roleCredentials, executionRoleCredentials } = task;
  return {
    ...task,
    ...(roleCredentials === undefined ? {} : { roleCredentials: emptied(roleCredentials) }),
    ...(executionRoleCredentials === undefined ? {} : { executionRoleCredentials: emptied(executionRoleCredentials) }),
  };
}

const emptied = ({ credentialsId, roleArn }: IAMRoleCredentials): IAMRoleCredentials => ({
  credentialsId,
  roleArn,
  accessKeyId: "",
  secretAccessKey: "",
  sessionToken: "",
  expiration: "",
});

const isComplete = (credentials: Partial<IAMRoleCredentials> | undefined): credentials is IAMRoleCredentials =>
  Boolean(credentials?.credentialsId && credentials.accessKeyId && credentials.secretAccessKey);

const receiptOf = ({ credentialsId, expiration }: IAMRoleCredentials): CredentialsReceipt => ({
  credentialsId,
  expiration,
});
