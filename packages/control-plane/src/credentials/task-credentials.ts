import { type IAMRoleCredentials, type IAMRoleCredentialsMessage, lastSegment } from "@hatoba/contract";
import type { TemporaryCredentials } from "./temporary-credentials.ts";

/** Whose credentials: those of the task's own role, or those that the agent fetches things with on its behalf. */
export type TaskRoleType = IAMRoleCredentialsMessage["roleType"];

/** A role that a task has. */
export interface TaskRole {
  readonly taskArn: string;
  readonly roleType: TaskRoleType;
  readonly roleArn: string;
  /** Epoch milliseconds, of the task: its ids stay the same however often the house's key changes. */
  readonly createdAt: number;
}

/** In milliseconds. Source: ECS developer guide, "Task IAM role": keys hold for six hours and are renewed well before. */
const life = 6 * 60 * 60_000;
/** In milliseconds: how often new keys are brought, so that a control plane may be away for five hours. */
export const renewedEvery = 60 * 60_000;

/**
 * The credentials of tasks. Nothing is kept: within one hour of the clock the same role of the same task always gets the
 * same keys, so that a message that is sent again says the same.
 *
 * The role need not exist. ECS would fail the start of its task; here the task runs, and its keys may do nothing, since
 * what a role may do is looked up at each call. So a task definition made for AWS runs without a copy of its roles.
 */
export class TaskCredentials {
  private readonly credentials: Pick<TemporaryCredentials, "issue" | "secretUuid">;

  constructor(credentials: Pick<TemporaryCredentials, "issue" | "secretUuid">) {
    this.credentials = credentials;
  }

  /** @param now epoch milliseconds */
  issue({ taskArn, roleType, roleArn, createdAt }: TaskRole, now: number): IAMRoleCredentials {
    const expiresAt = Math.floor(now / renewedEvery) * renewedEvery + life;
    const sessionName = lastSegment(taskArn);
    const keys = this.credentials.issue({ roleArn, sessionName, expiresAt, taskArn });
    return {
      // The one key to the endpoint that gives these keys out: it follows from the task, and from nothing that is known outside.
      credentialsId: this.credentials.secretUuid(`${roleType} ${taskArn}`, createdAt),
      roleArn,
      ...keys,
      expiration: new Date(expiresAt).toISOString().replace(/\.\d+Z$/, "Z"),
    };
  }
}

/** Milliseconds from `now` until all credentials that were issued by then are to be renewed. */
export const untilRenewal = (now: number): number => renewedEvery - (now % renewedEvery);
