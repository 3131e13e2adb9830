import { lastSegment, parseArn } from "@hatoba/contract";
import type { ContainerInstance } from "../model/container-instance.ts";
import type { Task } from "../model/task.ts";
import type { Clock } from "../platform/clock.ts";
import type { IdSource } from "../platform/ids.ts";
import type { Logger } from "../platform/logger.ts";
import { NotFoundError, type Snapshot, type Store, type Stored } from "../store/store.ts";
import { update } from "../store/update.ts";
import { channelNetworkInterface } from "./payload/network-interface.ts";
import { resendAfter, type SessionLine } from "./session-line.ts";
import { networkOf } from "./session-payloads.ts";

export interface InterfaceAnnouncementsDependencies {
  readonly line: SessionLine;
  readonly store: Store;
  readonly clock: Clock;
  readonly ids: IdSource;
  readonly logger: Logger;
}

/** How long an agent looks out for an interface; milliseconds. */
const waitTimeoutMs = 5 * 60_000;
/** An agent that does not acknowledge an announcement does not know what one is. */
const mostTries = 5;

/** What our own agent says of itself, in the address that it connects to, as `agentHash`. */
const ownAgentHash = "hatoba";

/**
 * Whether an agent is told of a task's network interface before its payload, and says when it sees it. Ours makes the interface
 * itself, from the payload. Source: agent protocol, section 3.8.
 */
export const awaitsInterfaces = (
  { attributes, versionInfo }: Pick<ContainerInstance, "attributes" | "versionInfo">,
  agentHash = versionInfo?.agentHash,
): boolean => agentHash !== ownAgentHash && attributes.some(({ name }) => name === "ecs.capability.task-eni");

/** Whether a task has an interface that its machine has not been seen to have. */
const isUnattached = ({ desiredStatus, lastStatus, attachments }: Task): boolean =>
  desiredStatus === "RUNNING" &&
  lastStatus === "PENDING" &&
  attachments.some(({ type, status }) => type === "ElasticNetworkInterface" && status === "PRECREATED");

/**
 * Tells an agent of the network interfaces of its awsvpc tasks, and holds their payloads back until it has seen them. A task whose
 * interface is not there in time is to stop.
 */
export class InterfaceAnnouncements {
  private readonly deps: InterfaceAnnouncementsDependencies;
  /** Tasks that are held back on this connection. */
  private readonly held = new Set<string>();
  private readonly unacknowledged = new Set<string>();

  constructor(deps: InterfaceAnnouncementsDependencies) {
    this.deps = deps;
  }

  /** Whether the payload of a task has to wait; then its interface is announced, once. */
  holdsBack(snapshot: Snapshot, { arn, value: task }: Stored<"task">): boolean {
    if (!isUnattached(task)) return false;
    if (this.held.has(arn)) return true;
    this.held.add(arn);
    this.announce(snapshot, arn, task, 1);
    this.deps.line.later(waitTimeoutMs, () => this.giveUp(arn));
    return true;
  }

  /** Whether a task that was held back may go now. */
  isReleased(arn: string, task: Task): boolean {
    return !isUnattached(task) && this.held.delete(arn);
  }

  acknowledged(messageId: string): void {
    this.unacknowledged.delete(messageId);
  }

  private announce(snapshot: Snapshot, taskArn: string, task: Task, tries: number): void {
    const { line, ids, clock } = this.deps;
    const network = networkOf(snapshot, taskArn);
    if (network === undefined) return;
    const messageId = ids.uuid();
    const place = parseArn(taskArn) ?? { accountId: "", region: "" };
    this.unacknowledged.add(messageId);
    line.send({
      type: "AttachTaskNetworkInterfacesMessage",
      message: {
        ...line.instance,
        messageId,
        taskArn,
        taskClusterArn: task.clusterArn,
        generatedAt: clock.now(),
        waitTimeoutMs,
        elasticNetworkInterfaces: [
          channelNetworkInterface(place, lastSegment(task.clusterArn), task, network.networkInterface, network.subnet),
        ],
      },
    });
    line.later(resendAfter, () => {
      const now = this.deps.store.snapshot();
      const stored = now.get("task", taskArn);
      const again = this.unacknowledged.delete(messageId) && stored !== undefined && isUnattached(stored.value);
      if (again && tries < mostTries) this.announce(now, taskArn, stored.value, tries + 1);
    });
  }

  private giveUp(taskArn: string): void {
    if (!this.held.delete(taskArn)) return;
    const { store, clock, logger } = this.deps;
    void update(store, "task", taskArn, (task) =>
      isUnattached(task)
        ? {
            ...task,
            desiredStatus: "STOPPED",
            stopCode: "TaskFailedToStart",
            stoppedReason: "Timeout waiting for network interface provisioning to complete.",
            stoppingAt: clock.now(),
          }
        : task,
    ).catch((error: unknown) => {
      if (!(error instanceof NotFoundError)) logger.error({ err: error, taskArn }, "task not stopped");
    });
  }
}
