import type { Clock } from "../platform/clock.ts";
import { type BackOff, backOffs, waitMs } from "./back-off.ts";
import {
  type ControlPlane,
  ControlPlaneError,
  type PollEndpoints,
  type Registered,
  type Registration,
  type TaskStateChange,
} from "./control-plane.ts";
import type { JsonApi } from "./json-api.ts";

const target = "AmazonEC2ContainerServiceV20141113";

/** How long registering and submitting are tried. Source: agent protocol, sections 2.1 and 2.2. */
const patience = { registerMs: 3_600_000, submitMs: 24 * 3_600_000 } as const;

/** Refusals that may not last. A missing answer may not either. */
const passing = ["NetworkError", "ThrottlingException", "ServerException", "LimitExceededException", "RequestTimeout"];
const mayPass = (error: unknown) =>
  error instanceof ControlPlaneError &&
  (passing.includes(error.name) || error.statusCode >= 500 || error.statusCode === 408);

/** The ECS API over HTTP, as one cluster's agent uses it. */
export class EcsApi implements ControlPlane {
  private readonly api: JsonApi;
  private readonly clock: Clock;
  /** As configured: a name, an ARN, or empty for `default`. */
  private readonly cluster: string;

  constructor({ api, clock, cluster }: { readonly api: JsonApi; readonly clock: Clock; readonly cluster: string }) {
    this.api = api;
    this.clock = clock;
    this.cluster = cluster === "" ? "default" : cluster;
  }

  async registerContainerInstance(registration: Registration): Promise<Registered> {
    const answer = (await this.persist(patience.registerMs, backOffs.register, () =>
      this.call("RegisterContainerInstance", registerInput(this.cluster, registration)),
    )) as { containerInstance?: Partial<Registered> };
    const { containerInstanceArn, attributes = [] } = answer.containerInstance ?? {};
    if (!containerInstanceArn)
      throw new ControlPlaneError("ServerException", "The answer names no container instance.");
    return { containerInstanceArn, attributes };
  }

  async createCluster(clusterName: string): Promise<void> {
    await this.call("CreateCluster", { clusterName });
  }

  async discoverPollEndpoint(containerInstance: string): Promise<PollEndpoints> {
    const input = { cluster: this.cluster, containerInstance, zoneId: "" };
    const { endpoint, telemetryEndpoint } = (await this.call("DiscoverPollEndpoint", input)) as Partial<PollEndpoints>;
    if (!endpoint || !telemetryEndpoint)
      throw new ControlPlaneError("ServerException", "The answer names no endpoints.");
    return { endpoint, telemetryEndpoint };
  }

  async submitTaskStateChange(change: TaskStateChange, signal?: AbortSignal): Promise<void> {
    const input = submitInput(this.cluster, change);
    await this.persist(
      patience.submitMs,
      backOffs.submit,
      () => this.call("SubmitTaskStateChange", input, signal),
      signal,
    );
  }

  async submitAttachmentStateChanges(attachmentArns: readonly string[], signal?: AbortSignal): Promise<void> {
    const attachments = attachmentArns.map((attachmentArn) => ({ attachmentArn, status: "ATTACHED" }));
    const input = { cluster: this.cluster, attachments };
    const submit = () => this.call("SubmitAttachmentStateChanges", input, signal);
    await this.persist(patience.submitMs, backOffs.submit, submit, signal);
  }

  private call(operation: string, input: object, signal?: AbortSignal): Promise<unknown> {
    return this.api.call("ecs", target, operation, input, signal);
  }

  /** Tries again while that may help, and there is time. */
  private async persist<T>(
    forMs: number,
    backOff: BackOff,
    attempt: () => Promise<T>,
    signal?: AbortSignal,
  ): Promise<T> {
    const end = this.clock.now() + forMs;
    for (let failures = 1; ; failures++) {
      try {
        return await attempt();
      } catch (error) {
        const wait = waitMs(backOff, failures, Math.random());
        if (!mayPass(error) || signal?.aborted || this.clock.now() + wait > end) throw error;
        await this.pause(wait, signal);
      }
    }
  }

  private async pause(milliseconds: number, signal?: AbortSignal): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const callOff = this.clock.after(milliseconds, resolve);
    signal?.addEventListener("abort", () => resolve(), { once: true });
    await promise;
    callOff();
    signal?.throwIfAborted();
  }
}

/** Source: agent protocol, section 2.2. */
export function registerInput(cluster: string, registration: Registration): object {
  const {
    cpu,
    memoryMiB,
    reservedTcpPorts,
    reservedUdpPorts,
    gpuIds = [],
    tags = [],
    containerInstanceArn,
  } = registration;
  const integer = (name: string, integerValue: number) => ({ name, type: "INTEGER", integerValue });
  const set = (name: string, ports: readonly number[]) => ({
    name,
    type: "STRINGSET",
    stringSetValue: ports.map(String),
  });
  return {
    cluster,
    clientToken: registration.clientToken,
    ...(containerInstanceArn === undefined ? {} : { containerInstanceArn }),
    instanceIdentityDocument: registration.instanceIdentityDocument ?? "",
    instanceIdentityDocumentSignature: registration.instanceIdentityDocumentSignature ?? "",
    attributes: registration.attributes,
    totalResources: [
      integer("CPU", cpu),
      integer("MEMORY", memoryMiB),
      set("PORTS", reservedTcpPorts),
      set("PORTS_UDP", reservedUdpPorts),
    ],
    ...(tags.length === 0 ? {} : { tags }),
    ...(gpuIds.length === 0 ? {} : { platformDevices: gpuIds.map((id) => ({ id, type: "GPU" })) }),
  };
}

const longestReason = 1024;

/** Times become epoch seconds. Source: agent protocol, section 2.5. */
export function submitInput(cluster: string, change: TaskStateChange): object {
  const seconds = (name: string, time: number | undefined) => (time === undefined ? {} : { [name]: time / 1000 });
  const { task, status, reason, containers, attachments, managedAgents } = change;
  return {
    cluster,
    task,
    ...(status === undefined ? {} : { status, reason: (reason ?? "").slice(0, longestReason) }),
    ...(containers === undefined ? {} : { containers: containers.map(cutReason) }),
    ...(attachments === undefined ? {} : { attachments }),
    ...(managedAgents === undefined ? {} : { managedAgents }),
    ...seconds("pullStartedAt", change.pullStartedAt),
    ...seconds("pullStoppedAt", change.pullStoppedAt),
    ...seconds("executionStoppedAt", change.executionStoppedAt),
  };
}

const cutReason = <T extends { readonly reason?: string }>(change: T): T =>
  change.reason === undefined ? change : { ...change, reason: change.reason.slice(0, longestReason) };
