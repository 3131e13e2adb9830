import type { Clock } from "../platform/clock.ts";
import type { ContainerDetails, ContainerStats } from "./container-details.ts";
import {
  ContainerFailure,
  type ContainerRuntime,
  type ContainerSpec,
  type LogLine,
  type LogPosition,
  type MachineFacts,
  type Observation,
  type PullBehaviour,
  type PullResult,
  type RuntimeEvent,
  type VolumeSpec,
} from "./container-runtime.ts";
import { imageReference } from "./docker-image-reference.ts";
import { MemoryContainer } from "./memory-container.ts";
import type { ProgramOf } from "./memory-program.ts";
import type { RegistryAuth } from "./registry-auth.ts";

export interface MemoryRuntimeOptions {
  readonly clock: Clock;
  /** Without it every container runs until it is stopped. */
  readonly programOf?: ProgramOf;
  readonly facts?: Partial<MachineFacts>;
  /** Opens every id, so that those of several runtimes differ. */
  readonly idPrefix?: string;
}

const defaultFacts: MachineFacts = {
  engineVersion: "20.10.24",
  apiVersion: "1.41",
  cpus: 64,
  memoryMiB: 262_144,
  architecture: "x86_64",
  loggingDrivers: ["json-file", "local", "none"],
};

/**
 * Containers that exist in memory alone and behave as they are told to. All time in it is the clock's; what takes no time
 * takes no timer either. Outlives the agents that use it, as a container engine does.
 */
export class MemoryRuntime implements ContainerRuntime {
  readonly #clock: Clock;
  readonly #programOf: ProgramOf;
  readonly #facts: MachineFacts;
  readonly #idPrefix: string;
  readonly #byId = new Map<string, MemoryContainer>();
  readonly #byName = new Map<string, MemoryContainer>();
  readonly #listeners = new Set<(event: RuntimeEvent | "lost") => void>();
  readonly #images = new Set<string>();
  readonly #volumes = new Map<string, VolumeSpec>();
  #lastId = 0;
  #nextPort = 32_768;
  #isDown = false;

  constructor({ clock, programOf = () => ({}), facts = {}, idPrefix = "" }: MemoryRuntimeOptions) {
    this.#clock = clock;
    this.#programOf = programOf;
    this.#facts = { ...defaultFacts, ...facts };
    this.#idPrefix = idPrefix;
  }

  /** Every container, for tests to look at. */
  get containers(): readonly MemoryContainer[] {
    return [...this.#byId.values()];
  }

  /** Every pull that succeeded. */
  readonly pulls: { readonly image: string; readonly auth?: RegistryAuth }[] = [];

  /** Names of images that were pulled and not removed. */
  get images(): readonly string[] {
    return [...this.#images];
  }

  get volumes(): readonly string[] {
    return [...this.#volumes.keys()];
  }

  /** The engine stops: nothing is answered, and with it every container ends. @param exitCode of those that run */
  goDown(exitCode?: number): void {
    this.#isDown = true;
    const listeners = [...this.#listeners];
    this.#listeners.clear();
    for (const listener of listeners) listener("lost");
    if (exitCode !== undefined) for (const container of this.#byId.values()) container.end(exitCode);
  }

  comeBack(): void {
    this.#isDown = false;
  }

  async describe(): Promise<MachineFacts> {
    this.#requireUp("CannotGetDockerClientVersionError");
    return this.#facts;
  }

  async pull(image: string, _behaviour: PullBehaviour, signal: AbortSignal, auth?: RegistryAuth): Promise<PullResult> {
    signal.throwIfAborted();
    this.#requireUp("CannotPullContainerError");
    const { pullMs, failPull, imageDigest } = this.#programOf({ image });
    if (pullMs !== undefined) await this.#take(pullMs, signal);
    if (failPull !== undefined) throw failPull;
    this.pulls.push({ image, ...(auth === undefined ? {} : { auth }) });
    this.#images.add(imageReference(image).name);
    return {
      pulled: pullMs !== undefined,
      imageId: `id-of-${imageDigest ?? image}`,
      ...(imageDigest === undefined ? {} : { imageDigest }),
    };
  }

  async removeImage(image: string): Promise<"removed" | "in use"> {
    this.#requireUp("CannotRemoveImageError");
    const { name } = imageReference(image);
    if (this.containers.some(({ spec }) => imageReference(spec.image).name === name)) return "in use";
    this.#images.delete(name);
    return "removed";
  }

  async create(spec: ContainerSpec): Promise<string> {
    this.#requireUp("CannotCreateContainerError");
    const program = this.#programOf(spec);
    if (program.createMs !== undefined) await this.#take(program.createMs);
    if (program.failCreate !== undefined) throw program.failCreate;
    const existing = this.#byName.get(spec.name);
    if (existing !== undefined) return existing.id;
    const id = this.#idPrefix + (++this.#lastId).toString(16).padStart(64 - this.#idPrefix.length, "0");
    const container = new MemoryContainer(id, spec, program, this.#clock, () => this.#tell({ kind: "container", id }));
    this.#byId.set(id, container);
    this.#byName.set(spec.name, container);
    return id;
  }

  async start(id: string): Promise<void> {
    this.#requireUp("CannotStartContainerError");
    const container = this.#require(id, "CannotStartContainerError");
    if (container.program.startMs !== undefined) await this.#take(container.program.startMs);
    if (container.program.failStart !== undefined) throw container.program.failStart;
    if (!container.isRunning) container.start(this.#bind(container.spec));
  }

  async stop(id: string, graceSeconds: number): Promise<void> {
    this.#requireUp("CannotStopContainerError");
    await this.#byId.get(id)?.stop(graceSeconds);
  }

  async remove(id: string): Promise<void> {
    this.#requireUp("CannotRemoveContainerError");
    const container = this.#byId.get(id);
    if (container === undefined) return;
    this.#byId.delete(id);
    this.#byName.delete(container.spec.name);
    container.end(137);
  }

  async inspect(id: string): Promise<Observation | undefined> {
    this.#requireUp("CannotInspectContainerError");
    return this.#byId.get(id)?.observe();
  }

  async details(id: string): Promise<ContainerDetails | undefined> {
    this.#requireUp("CannotInspectContainerError");
    return this.#byId.get(id)?.details();
  }

  async stats(id: string): Promise<ContainerStats | undefined> {
    this.#requireUp("CannotInspectContainerError");
    return this.#byId.get(id)?.stats();
  }

  async list(labels: Readonly<Record<string, string>>): Promise<readonly Observation[]> {
    this.#requireUp("CannotListContainersError");
    const wanted = Object.entries(labels);
    const matches = ({ spec }: MemoryContainer) => wanted.every(([name, value]) => spec.labels[name] === value);
    return this.containers.filter(matches).map((container) => container.observe());
  }

  async *events(signal: AbortSignal): AsyncGenerator<RuntimeEvent> {
    this.#requireUp("CannotListContainersError");
    let queue: (RuntimeEvent | "lost")[] = [{ kind: "reset" }];
    let wake = (): void => undefined;
    const listener = (event: RuntimeEvent | "lost") => {
      queue.push(event);
      wake();
    };
    const end = () => wake();
    this.#listeners.add(listener);
    signal.addEventListener("abort", end);
    try {
      while (!signal.aborted) {
        const events = queue;
        queue = [];
        for (const event of events) {
          if (event === "lost") throw unreachable("CannotListContainersError");
          yield event;
        }
        if (queue.length === 0 && !signal.aborted) await new Promise<void>((resolve) => (wake = resolve));
      }
    } finally {
      this.#listeners.delete(listener);
      signal.removeEventListener("abort", end);
    }
  }

  async *logs(id: string, since: LogPosition | undefined, signal: AbortSignal): AsyncGenerator<LogLine> {
    this.#requireUp("CannotDescribeContainerError");
    const container = this.#require(id, "CannotDescribeContainerError");
    const aborted = new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
    for (let at = since === undefined ? 0 : Number(since.timestamp); !signal.aborted; at += 1) {
      while (container.lines[at] === undefined) {
        if (!container.isRunning || signal.aborted || !this.#byId.has(id)) return;
        await Promise.race([container.change(), aborted]);
      }
      const line = container.lines[at];
      if (line !== undefined) yield line;
    }
  }

  async createVolume(spec: VolumeSpec): Promise<void> {
    this.#requireUp("CannotCreateVolumeError");
    if (!this.#volumes.has(spec.name)) this.#volumes.set(spec.name, spec);
  }

  async hasVolume(name: string): Promise<boolean> {
    this.#requireUp("CannotInspectVolumeError");
    return this.#volumes.has(name);
  }

  async removeVolume(name: string): Promise<void> {
    this.#requireUp("CannotRemoveVolumeError");
    this.#volumes.delete(name);
  }

  async ensureVpcNetwork(vpcCidr: string): Promise<string> {
    this.#requireUp("ContainerNetworkingError");
    if (!/^\d+\.\d+\.\d+\.\d+\/\d+$/.test(vpcCidr)) {
      throw new ContainerFailure("ContainerNetworkingError", `${JSON.stringify(vpcCidr)} is not an address block`);
    }
    return `vpc-${vpcCidr}`;
  }

  #tell(event: RuntimeEvent): void {
    for (const listener of this.#listeners) listener(event);
  }

  #require(id: string, failure: string): MemoryContainer {
    const container = this.#byId.get(id);
    if (container === undefined) {
      throw new ContainerFailure(failure, `Error response from daemon: No such container: ${id}`);
    }
    return container;
  }

  #requireUp(failure: string): void {
    if (this.#isDown) throw unreachable(failure);
  }

  #bind({ ports }: ContainerSpec): Observation["ports"] {
    if (ports.length === 0) return [];
    const used = new Set(this.containers.flatMap(({ ports: bound }) => bound.map(portKey)));
    return ports.map(({ containerPort, hostPort, protocol, hostIp = "0.0.0.0" }) => {
      const port = { containerPort, hostPort: hostPort || this.#freePort(protocol, used), protocol, hostIp };
      if (used.has(portKey(port))) {
        const text = `Error response from daemon: Bind for ${hostIp}:${hostPort} failed: port is already allocated`;
        throw new ContainerFailure("CannotStartContainerError", text);
      }
      used.add(portKey(port));
      return port;
    });
  }

  #freePort(protocol: "tcp" | "udp", used: ReadonlySet<string>): number {
    let hostPort: number;
    do {
      hostPort = this.#nextPort;
      this.#nextPort = hostPort === 60_999 ? 32_768 : hostPort + 1;
    } while (used.has(portKey({ hostPort, protocol })));
    return hostPort;
  }

  #take(milliseconds: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const cancel = this.#clock.after(milliseconds, () => {
        signal?.removeEventListener("abort", abort);
        resolve();
      });
      const abort = () => {
        cancel();
        reject(signal?.reason as Error);
      };
      signal?.addEventListener("abort", abort, { once: true });
    });
  }
}

const portKey = ({ protocol, hostPort }: { readonly protocol: string; readonly hostPort: number }) =>
  `${protocol}/${hostPort}`;

function unreachable(name: string): ContainerFailure {
  const text = "Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?";
  return new ContainerFailure(name, text, { retriable: true });
}
