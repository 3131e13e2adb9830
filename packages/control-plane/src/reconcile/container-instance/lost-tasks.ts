import { lastSegment } from "@hatoba/contract";
import type { ContainerInstance } from "../../model/container-instance.ts";
import type { Task } from "../../model/task.ts";

/** What is to become of a container instance's tasks. */
export type InstanceState =
  | { readonly is: "there" }
  /** Without its agent, and at this time, in epoch milliseconds, given up. */
  | { readonly is: "away"; readonly givenUpAt: number }
  | { readonly is: "lost"; readonly why: Pick<Task, "stopCode" | "stoppedReason"> };

/** When to give up an instance that is away. */
export interface Patience {
  /** Epoch milliseconds, both. */
  readonly now: number;
  /** Since when the control plane has been there to be connected to: before that, no agent could come back. */
  readonly listeningSince: number;
  readonly agentLostAfterMs: number;
}

/**
 * Whether the tasks of a container instance can still be counted on. An instance whose agent is away keeps them for a
 * while: its processes go on without it. Source of the reasons: ECS developer guide, "Stopped tasks error messages";
 * real ECS never gives up an instance by itself, so that one is ours.
 */
export function instanceState(
  arn: string,
  instance: ContainerInstance | undefined,
  { now, listeningSince, agentLostAfterMs }: Patience,
): InstanceState {
  if (instance === undefined || instance.status === "INACTIVE") {
    return lost("Container instance deregistration forced by user");
  }
  if (instance.agentConnected) return { is: "there" };
  const awaySince = Math.max(instance.agentConnectedAt ?? instance.registeredAt, listeningSince);
  const givenUpAt = awaySince + agentLostAfterMs;
  if (now < givenUpAt) return { is: "away", givenUpAt };
  const seconds = Math.round(agentLostAfterMs / 1000);
  return lost(`The agent of container instance ${lastSegment(arn)} has been disconnected for ${seconds} seconds`);
}

const lost = (stoppedReason: string): InstanceState => ({
  is: "lost",
  why: { stopCode: "TerminationNotice", stoppedReason },
});
