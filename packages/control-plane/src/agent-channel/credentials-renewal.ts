import type { TaskCredentials, TaskRole } from "../credentials/task-credentials.ts";
import { untilRenewal } from "../credentials/task-credentials.ts";
import type { Clock } from "../platform/clock.ts";
import type { IdSource } from "../platform/ids.ts";
import type { Snapshot, Store } from "../store/store.ts";
import { taskRoles } from "./payload/task-roles.ts";
import { drainCheckEvery, resendAfter, type SessionLine } from "./session-line.ts";
import { liveTasks } from "./session-payloads.ts";

export interface CredentialsRenewalDependencies {
  readonly line: SessionLine;
  readonly store: Store;
  readonly clock: Clock;
  readonly ids: IdSource;
  readonly credentials: TaskCredentials;
}

/** A task that is not there does not acknowledge its credentials; the next renewal tries again. */
const mostTries = 5;
/** Milliseconds over which the agents of a house are spread, so that not all are served in one turn. */
const spread = 5 * 60_000;

interface Due {
  readonly role: TaskRole;
  readonly tries: number;
}

/**
 * Brings the tasks of one session new credentials, each hour and under the ids that they have, and again until they are
 * acknowledged. One timer serves all tasks. Keys never reach a log. Source: agent protocol, section 3.7.
 */
export class CredentialsRenewal {
  private readonly deps: CredentialsRenewalDependencies;
  private due: Due[] = [];
  private readonly unacknowledged = new Map<string, Due>();
  private draining = false;

  constructor(deps: CredentialsRenewalDependencies) {
    this.deps = deps;
  }

  /** @param now all tasks are to get theirs at once: the agent has lost them */
  start(now: boolean): void {
    if (now) this.renew();
    this.wait();
  }

  acknowledged(messageId: string): void {
    this.unacknowledged.delete(messageId);
  }

  private wait(): void {
    const { line, clock } = this.deps;
    line.later(untilRenewal(clock.now()) + spreadOf(line.instance.containerInstanceArn), () => {
      this.renew();
      this.wait();
    });
  }

  /** Brings all tasks new ones. */
  renew(): void {
    const { store, line } = this.deps;
    const snapshot = store.snapshot();
    const roles = liveTasks(snapshot, line.instance.containerInstanceArn).flatMap(({ arn }) => rolesOf(snapshot, arn));
    this.unacknowledged.clear();
    this.due = roles.map((role) => ({ role, tries: 0 }));
    this.flush();
  }

  private flush(): void {
    const { line, store } = this.deps;
    const snapshot = store.snapshot();
    const sent: string[] = [];
    while (this.due.length > 0 && !line.isFull()) {
      const next = this.due.shift() as Due;
      if (isLive(snapshot, next.role.taskArn)) sent.push(this.send(snapshot, next));
    }
    if (sent.length > 0) line.later(resendAfter, () => this.resend(sent));
    if (this.due.length > 0) this.waitToDrain();
  }

  private send(snapshot: Snapshot, { role, tries }: Due): string {
    const { line, ids, clock, credentials } = this.deps;
    const messageId = ids.uuid();
    this.unacknowledged.set(messageId, { role, tries: tries + 1 });
    line.send({
      type: "IAMRoleCredentialsMessage",
      message: {
        messageId,
        taskArn: role.taskArn,
        taskClusterArn: snapshot.get("task", role.taskArn)?.value.clusterArn ?? line.instance.clusterArn,
        roleType: role.roleType,
        roleCredentials: credentials.issue(role, clock.now()),
      },
    });
    return messageId;
  }

  private resend(messageIds: readonly string[]): void {
    for (const messageId of messageIds) {
      const waiting = this.unacknowledged.get(messageId);
      this.unacknowledged.delete(messageId);
      if (waiting !== undefined && waiting.tries < mostTries) this.due.push(waiting);
    }
    this.flush();
  }

  private waitToDrain(): void {
    if (this.draining) return;
    this.draining = true;
    this.deps.line.later(drainCheckEvery, () => {
      this.draining = false;
      this.flush();
    });
  }
}

function rolesOf(snapshot: Snapshot, taskArn: string): readonly TaskRole[] {
  const task = snapshot.get("task", taskArn)?.value;
  const taskDefinition = task && snapshot.get("taskDefinition", task.taskDefinitionArn)?.value;
  return task && taskDefinition ? taskRoles(taskArn, task, taskDefinition, snapshot) : [];
}

const isLive = (snapshot: Snapshot, taskArn: string) => {
  const task = snapshot.get("task", taskArn)?.value;
  return task !== undefined && task.lastStatus !== "STOPPED";
};

/** The same for an instance each time. */
const spreadOf = (containerInstanceArn: string): number =>
  Buffer.from(containerInstanceArn).reduce((sum, byte) => (sum * 31 + byte) % spread, 7);
