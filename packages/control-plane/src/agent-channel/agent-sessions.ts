import { isDeepStrictEqual } from "node:util";
import type { VersionInfo } from "@aws-sdk/client-ecs";
import type { Connection } from "@hatoba/contract";
import type { ContainerInstance } from "../model/container-instance.ts";
import type { Task } from "../model/task.ts";
import { type Change, NotFoundError, type Snapshot } from "../store/store.ts";
import { update } from "../store/update.ts";
import { AgentSession, type SessionDependencies } from "./agent-session.ts";

/** How long a container instance may be without a socket before it shows as not connected, in milliseconds: agents come back. */
const reconnectGrace = 2_000;

/** Why a handshake is refused; the name is what the agent goes by. Source: agent protocol, sections 3.3 and 3.4. */
export interface Refusal {
  readonly name: "InactiveInstanceException" | "InvalidInstanceException";
  readonly message: string;
}

/** Whether the agent of this container instance may connect. */
export function refusalFor(snapshot: Snapshot, containerInstanceArn: string): Refusal | undefined {
  const instance = snapshot.get("containerInstance", containerInstanceArn)?.value;
  if (instance === undefined) return { name: "InvalidInstanceException", message: "Container instance not found." };
  if (instance.status !== "INACTIVE") return undefined;
  return { name: "InactiveInstanceException", message: "Container instance is deregistered." };
}

/**
 * All agents that are connected: one session for each container instance, the newest. Hands each what changes for it, and
 * keeps `agentConnected`.
 */
export class AgentSessions {
  private readonly deps: SessionDependencies;
  private readonly sessions = new Map<string, AgentSession>();
  private readonly stopListening: () => void;

  constructor(deps: SessionDependencies) {
    this.deps = deps;
    this.stopListening = deps.store.onChange((change) => this.hear(change));
    // Those that were connected when the last process ended, and do not come back.
    for (const { arn, value } of deps.store.snapshot().list("containerInstance")) {
      if (value.agentConnected) this.expectBack(arn, 2 * reconnectGrace);
    }
  }

  /**
   * Takes a connection of an agent that `refusalFor` lets in; an older one of the same instance is closed.
   * @param versions what the agent says of itself; nothing leaves what is known
   */
  open(connection: Connection, containerInstanceArn: string, versions: VersionInfo = {}): void {
    const instance = this.deps.store.snapshot().get("containerInstance", containerInstanceArn)?.value;
    if (instance === undefined)
      return connection.close(1008, "InvalidInstanceException: Container instance not found.");
    const session = new AgentSession(connection, { clusterArn: instance.clusterArn, containerInstanceArn }, this.deps);
    this.sessions.get(containerInstanceArn)?.close(1000, "A newer connection of the same container instance.");
    this.sessions.set(containerInstanceArn, session);
    this.deps.logger.info({ containerInstanceArn }, "agent connected");
    this.setConnected(containerInstanceArn, true, versions);
    session.start(() => {
      if (this.sessions.get(containerInstanceArn) !== session) return;
      this.sessions.delete(containerInstanceArn);
      this.expectBack(containerInstanceArn, reconnectGrace);
    });
  }

  isConnected(containerInstanceArn: string): boolean {
    return this.sessions.has(containerInstanceArn);
  }

  /** Hangs up on everybody; they will come back to whoever takes over. */
  close(): void {
    this.stopListening();
    for (const session of this.sessions.values()) session.close(1001, "The control plane stops.");
    this.sessions.clear();
  }

  private hear({ before, after }: Change): void {
    if (after?.kind === "task") {
      const { containerInstanceArn } = after.value;
      const earlier = before?.kind === "task" ? before.value : undefined;
      if (containerInstanceArn !== undefined && isNews(earlier, after.value)) {
        this.sessions.get(containerInstanceArn)?.notice(after.arn);
      }
    } else if (after?.kind === "containerInstance" && after.value.status === "INACTIVE") {
      const session = this.sessions.get(after.arn);
      this.sessions.delete(after.arn);
      session?.close(4000, "InactiveInstanceException: Container instance is deregistered.");
    }
  }

  private expectBack(containerInstanceArn: string, grace: number): void {
    this.deps.clock.after(grace, () => {
      if (!this.sessions.has(containerInstanceArn)) this.setConnected(containerInstanceArn, false);
    });
  }

  private setConnected(arn: string, agentConnected: boolean, versions: VersionInfo = {}): void {
    const { store, clock, logger } = this.deps;
    update(store, "containerInstance", arn, (instance) => {
      const versed = withVersions(instance, versions);
      return instance.agentConnected === agentConnected
        ? versed
        : { ...versed, agentConnected, agentConnectedAt: clock.now() };
    }).catch((error: unknown) => {
      if (!(error instanceof NotFoundError))
        logger.error({ err: error, containerInstanceArn: arn }, "agentConnected not kept");
    });
  }
}

/** The same object if the versions say nothing new. */
function withVersions(instance: ContainerInstance, versions: VersionInfo): ContainerInstance {
  const versionInfo = { ...instance.versionInfo, ...versions };
  return isDeepStrictEqual(versionInfo, instance.versionInfo ?? {}) ? instance : { ...instance, versionInfo };
}

/** Whether an agent has to hear of a task: it has come to its instance, or is to stop. */
function isNews(before: Task | undefined, after: Task): boolean {
  if (after.lastStatus === "STOPPED") return false;
  return before?.containerInstanceArn !== after.containerInstanceArn || before?.desiredStatus !== after.desiredStatus;
}
