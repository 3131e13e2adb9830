import { isDeepStrictEqual } from "node:util";
import type { VersionInfo } from "@aws-sdk/client-ecs";
import { type Connection, lastSegment } from "@hatoba/contract";
import type { ContainerInstance } from "../model/container-instance.ts";
import type { Task } from "../model/task.ts";
import { type Change, NotFoundError, type Snapshot } from "../store/store.ts";
import { update } from "../store/update.ts";
import { AgentSession, type SessionDependencies, type SessionWish } from "./agent-session.ts";
import { awaitsInterfaces } from "./interface-announcements.ts";
import { SequenceNumbers } from "./sequence-numbers.ts";
import { isGivenUp } from "./session-payloads.ts";

/** How long a container instance may be without a socket before it shows as not connected, in milliseconds: agents come back. */
const reconnectGrace = 2_000;

/** Why a handshake is refused; the name is what the agent goes by. Source: agent protocol, sections 3.3 and 3.4. */
export interface Refusal {
  readonly name: "InactiveInstanceException" | "InvalidClusterException" | "InvalidInstanceException";
  readonly message: string;
}

/** What an agent says in the address that it connects to. */
export interface AgentSaying extends VersionInfo {
  /** It has no credentials: its process is new. */
  readonly sendCredentials?: boolean;
  /** The address by which it came, as `http://127.0.0.1:4577`. */
  readonly reachedAt?: string;
}

/**
 * Whether the agent of this container instance may connect.
 * @param cluster as the agent is configured, by name or ARN; empty for an agent that does not say
 */
export function refusalFor(snapshot: Snapshot, containerInstanceArn: string, cluster = ""): Refusal | undefined {
  const instance = snapshot.get("containerInstance", containerInstanceArn)?.value;
  if (instance === undefined) return { name: "InvalidInstanceException", message: "Container instance not found." };
  if (cluster !== "" && lastSegment(cluster) !== lastSegment(instance.clusterArn)) {
    return { name: "InvalidClusterException", message: "Container instance is not in that cluster." };
  }
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
  /** They outlive sessions: an agent remembers the greatest number that it has seen. */
  private readonly sequences = new Map<string, SequenceNumbers>();
  private closed = false;
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
   * @param said what the agent says of itself; nothing leaves what is known
   */
  open(connection: Connection, containerInstanceArn: string, said: AgentSaying = {}): void {
    const instance = this.deps.store.snapshot().get("containerInstance", containerInstanceArn)?.value;
    if (instance === undefined)
      return connection.close(1008, "InvalidInstanceException: Container instance not found.");
    const older = this.sessions.get(containerInstanceArn);
    const sequence = this.sequences.get(containerInstanceArn) ?? new SequenceNumbers();
    this.sequences.set(containerInstanceArn, sequence);
    const addressed = { clusterArn: instance.clusterArn, containerInstanceArn };
    const awaits = awaitsInterfaces(instance, said.agentHash);
    const { sendCredentials = false, reachedAt, ...versions } = said;
    const session = new AgentSession(connection, addressed, {
      ...this.deps,
      sequence,
      awaitsInterfaces: awaits,
      ...(reachedAt === undefined ? {} : { reachedAt }),
    });
    this.sessions.set(containerInstanceArn, session);
    // Not one of the codes that are answered by connecting again at once: two machines with one identity would take turns.
    older?.close(4001, "A newer connection of the same container instance.");
    this.deps.logger.info({ containerInstanceArn }, "agent connected");
    this.keepConnected(containerInstanceArn, versions);
    session.start(() => {
      if (this.sessions.get(containerInstanceArn) !== session) return;
      this.sessions.delete(containerInstanceArn);
      this.expectBack(containerInstanceArn, reconnectGrace);
    }, sendCredentials);
  }

  /** Asks the agent of an instance to open a session link. @returns false if no agent is connected that could */
  openSession(containerInstanceArn: string, wish: SessionWish): boolean {
    const session = this.sessions.get(containerInstanceArn);
    session?.openSession(wish);
    return session !== undefined;
  }

  /** Brings every task of every connected agent new credentials: those they have open nothing any more. */
  renewCredentials(): void {
    for (const session of this.sessions.values()) session.renewCredentials();
  }

  isConnected(containerInstanceArn: string): boolean {
    return this.sessions.has(containerInstanceArn);
  }

  /** Hangs up on everybody; they will come back to whoever takes over. */
  close(): void {
    this.closed = true;
    this.stopListening();
    for (const session of this.sessions.values()) session.close(1001, "The control plane stops.");
  }

  private hear({ before, after }: Change): void {
    if (after?.kind === "task") {
      const { containerInstanceArn } = after.value;
      const earlier = before?.kind === "task" ? before.value : undefined;
      if (containerInstanceArn !== undefined && isNews(earlier, after.value)) {
        this.sessions.get(containerInstanceArn)?.notice(after.arn);
      } else if (containerInstanceArn !== undefined && earlier?.attachments !== after.value.attachments) {
        this.sessions.get(containerInstanceArn)?.noticeAttachments(after.arn, after.value);
      }
    } else if (after?.kind === "containerInstance" && after.value.status === "INACTIVE") {
      this.sequences.delete(after.arn);
      this.sessions.get(after.arn)?.close(4000, "InactiveInstanceException: Container instance is deregistered.");
    } else if (after?.kind === "containerInstance") {
      this.sessions.get(after.arn)?.noticeInstance();
    } else if (after?.kind === "managedInstance" && after.value.revokedAt !== undefined) {
      // Its key was taken away, whether or not its container instance was.
      const instances = this.deps.store.snapshot().list("containerInstance", { ec2InstanceId: after.value.instanceId });
      for (const { arn } of instances) {
        this.sessions.get(arn)?.close(4000, "InactiveInstanceException: The machine is deregistered.");
      }
    }
  }

  private expectBack(containerInstanceArn: string, grace: number): void {
    this.deps.clock.after(grace, () => {
      if (!this.sessions.has(containerInstanceArn)) this.keepConnected(containerInstanceArn);
    });
  }

  /** Has `agentConnected` say whether there is a session, and the versions what the agent says. */
  private keepConnected(containerInstanceArn: string, versions: VersionInfo = {}): void {
    if (this.closed) return;
    this.writeConnected(containerInstanceArn, versions).catch((error: unknown) => {
      if (error instanceof NotFoundError) this.sequences.delete(containerInstanceArn);
      else this.deps.logger.error({ err: error, containerInstanceArn }, "agentConnected not kept");
    });
  }

  private async writeConnected(arn: string, versions: VersionInfo): Promise<void> {
    const { store, clock } = this.deps;
    const agentConnected = this.sessions.has(arn);
    const { agentConnected: written } = await update(store, "containerInstance", arn, (instance) => {
      const versed = withVersions(instance, versions);
      return instance.agentConnected === agentConnected
        ? versed
        : { ...versed, agentConnected, agentConnectedAt: clock.now() };
    });
    // While one write was on its way to the disk, the next one may have seen nothing to do.
    if (written === this.sessions.has(arn)) return;
    if (written) this.expectBack(arn, reconnectGrace);
    else this.keepConnected(arn);
  }
}

/** The same object if the versions say nothing new. */
function withVersions(instance: ContainerInstance, versions: VersionInfo): ContainerInstance {
  const versionInfo = { ...instance.versionInfo, ...versions };
  return isDeepStrictEqual(versionInfo, instance.versionInfo ?? {}) ? instance : { ...instance, versionInfo };
}

/** Whether an agent has to hear of a task: it has come to its instance, is to stop, or was given up. */
function isNews(before: Task | undefined, after: Task): boolean {
  if (after.lastStatus === "STOPPED") return before?.lastStatus !== "STOPPED" && isGivenUp(after);
  return before?.containerInstanceArn !== after.containerInstanceArn || before?.desiredStatus !== after.desiredStatus;
}
