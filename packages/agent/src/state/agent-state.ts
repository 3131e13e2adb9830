import type { KnownImage } from "../engine/image-keeper.ts";
import type { KnownTask } from "../engine/known-task.ts";

/** What an agent remembers of itself. */
export interface AgentFacts {
  /** Random; by this label its containers are found again. */
  readonly agentId: string;
  /** The cluster it was registered with, as configured. */
  readonly cluster?: string;
  readonly containerInstanceArn?: string;
  /** The zone that it was registered in. */
  readonly zone?: string;
  /** Secret; what containers ask the local endpoints under follows from it. */
  readonly endpointKey?: string;
  /** The greatest of the payloads' `seqNum` and manifests' `timeline`; -1 at first. */
  readonly sequenceNumber: number;
  /** Images that it has pulled. */
  readonly images?: readonly KnownImage[];
}

/**
 * Where an agent keeps what has to outlive it. Changes are seen at once by reads of the same object; they reach the disk a
 * little later, or, for those who wait for `durable`, before it resolves.
 */
export interface AgentState {
  facts(): AgentFacts;
  setFacts(change: Partial<AgentFacts>): void;
  /** Every task that was not removed, in the order in which they first came. */
  tasks(): readonly KnownTask[];
  /** The payload of a task is taken from its first `save` and never again. */
  save(task: KnownTask): void;
  remove(taskArn: string): void;
  /** Resolves once every change so far is on disk; callers of one turn of the event loop share one flush. */
  durable(): Promise<void>;
  /** Writes what is open and lets go of the file. Later changes are lost. */
  close(): Promise<void>;
}
