import type { ContainerDetails, ContainerStats } from "./container-details.ts";

import type { RegistryAuth } from "./registry-auth.ts";

/** Any method may reject with ContainerFailure. Ids are the runtime's own. */
export interface ContainerRuntime {
  /** The engine's version and what the machine has. */
  describe(): Promise<MachineFacts>;
  /**
   * Makes sure that the image is there.
   * @returns the digest (`sha256:…`) if a registry ever named one.
   */
  pull(image: string, behaviour: PullBehaviour, signal: AbortSignal, auth?: RegistryAuth): Promise<PullResult>;
  /** Takes a name away from an image, and the image with its last one. @returns "in use" if a container needs it */
  removeImage(image: string): Promise<"removed" | "in use">;
  /** Idempotent by `spec.name`: an existing container of that name is returned untouched. */
  create(spec: ContainerSpec): Promise<string>;
  start(id: string): Promise<void>;
  /** The stop signal, then SIGKILL after `graceSeconds`. Resolves once it has exited; a container that is gone counts as exited. */
  stop(id: string, graceSeconds: number): Promise<void>;
  /** Removes a container with its anonymous volumes; one that is gone counts as removed. */
  remove(id: string): Promise<void>;
  inspect(id: string): Promise<Observation | undefined>;
  /** More than `inspect` says, for whoever asks; undefined for a container that is gone. */
  details(id: string): Promise<ContainerDetails | undefined>;
  /** What a running container uses at this moment; undefined for one that does not run. */
  stats(id: string): Promise<ContainerStats | undefined>;
  /** Every container that carries all of these labels, running or not. */
  list(labels: Readonly<Record<string, string>>): Promise<readonly Observation[]>;
  /** From now on, gaps possible: an event is a hint, `inspect` decides. Rejects with ContainerFailure when the engine is gone. */
  events(signal: AbortSignal): AsyncIterable<RuntimeEvent>;
  /** Standard output and error from `since` on, as they come, until the container has ended or `signal` aborts. */
  logs(id: string, since: LogPosition | undefined, signal: AbortSignal): AsyncIterable<LogLine>;
  /** Idempotent by name. */
  createVolume(spec: VolumeSpec): Promise<void>;
  hasVolume(name: string): Promise<boolean>;
  removeVolume(name: string): Promise<void>;
  /** The network that awsvpc tasks of one VPC share on this machine, made when it is first asked for. @returns its name. */
  ensureVpcNetwork(vpcCidr: string): Promise<string>;
}

/** ECS_IMAGE_PULL_BEHAVIOR of the genuine agent, same words. */
export type PullBehaviour = "default" | "always" | "once" | "prefer-cached";

export interface PullResult {
  /** Whether a registry was asked. */
  readonly pulled: boolean;
  /** The engine's own id of the image, where it says. */
  readonly imageId?: string;
  readonly imageDigest?: string;
  /** Set if the pull failed and a cached image is used instead (behaviour "default"). */
  readonly warning?: string;
}

export interface MachineFacts {
  /** As `20.10.24`. */
  readonly engineVersion: string;
  readonly apiVersion: string;
  readonly cpus: number;
  readonly memoryMiB: number;
  readonly architecture: "x86_64" | "arm64";
  readonly loggingDrivers: readonly string[];
  /** NVIDIA's, that containers may be given; absent for none. */
  readonly gpus?: { readonly ids: readonly string[]; readonly driverVersion: string };
  /** `cgroupfs` or `systemd`, where the engine says. */
  readonly cgroupDriver?: string;
  /** Of a machine whose containers run on Windows; as the engine tells it. */
  readonly windows?: {
    /** As `10.0.20348`. */
    readonly osVersion?: string;
    /** As `Microsoft Windows Server Version 21H2 (OS Build 20348.2700)`. */
    readonly operatingSystem?: string;
    /** As `10.0 20348 (20348.1.amd64fre.fe_release.210507-1500)`. */
    readonly kernelVersion?: string;
    /** As ECS names it, `WINDOWS_SERVER_2022_CORE`; what runs on the machine itself knows it, not the engine. */
    readonly osFamily?: string;
  };
}

/** What to create. Docker's own names stay where Docker's own JSON is handed through. */
export interface ContainerSpec {
  readonly name: string;
  readonly image: string;
  readonly command?: readonly string[];
  readonly entryPoint?: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>>;
  /** CPU shares. */
  readonly cpuShares: number;
  /** 0 for none. */
  readonly memoryMiB: number;
  readonly network: ContainerNetwork;
  readonly ports: readonly PortBinding[];
  /** `source` is a volume's name or a host path. */
  readonly mounts: readonly { readonly source: string; readonly target: string; readonly readOnly: boolean }[];
  /** Names of containers whose volumes are mounted too, `NAME` or `NAME:ro`. */
  readonly volumesFrom: readonly string[];
  readonly links: readonly string[];
  /** Task-level limits, if any: the cgroup that the container lives under. */
  readonly cgroupParent?: string;
  /** Merged over what the fields above give: `Config` and `HostConfig` of Docker's create call. */
  readonly dockerConfig: Readonly<Record<string, unknown>>;
  readonly dockerHostConfig: Readonly<Record<string, unknown>>;
}

export type ContainerNetwork =
  | { readonly mode: "bridge" | "host" | "none" }
  /** Joins another container's network namespace. */
  | { readonly mode: "container"; readonly containerId: string }
  /** An address of its own in a VPC network. */
  | {
      readonly mode: "vpc";
      readonly network: string;
      readonly address: string;
      readonly macAddress: string;
      readonly hostname?: string;
    };

export interface PortBinding {
  readonly containerPort: number;
  /** 0: the engine picks one. */
  readonly hostPort: number;
  readonly protocol: "tcp" | "udp";
  readonly hostIp?: string;
}

export interface VolumeSpec {
  readonly name: string;
  readonly driver?: string;
  readonly driverOpts?: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>>;
}

/** exitCode 0…255, present exactly when STOPPED. Times are epoch milliseconds. */
export interface Observation {
  readonly id: string;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly status: "CREATED" | "RUNNING" | "STOPPED";
  readonly exitCode?: number;
  readonly outOfMemory?: boolean;
  /** The engine's own word on why it could not run. */
  readonly error?: string;
  readonly startedAt?: number;
  readonly finishedAt?: number;
  readonly health?: "HEALTHY" | "UNHEALTHY" | "UNKNOWN";
  /** Ports as the engine bound them. */
  readonly ports: readonly Required<PortBinding>[];
  /** IPv4 address, if it has one of its own. */
  readonly address?: string;
}

/** Something happened to a container that is worth an `inspect`; `reset` says that events may have been missed: look at all. */
export type RuntimeEvent = { readonly kind: "container"; readonly id: string } | { readonly kind: "reset" };

/**
 * A place in a container's output: the engine's nanosecond timestamp, and how many lines of just that time were taken.
 * To be kept and given back as it is.
 */
export interface LogPosition {
  readonly timestamp: string;
  readonly linesTaken: number;
  /** The same for standard error, where a runtime keeps a place for each stream and the above is standard output's. */
  readonly stderr?: { readonly timestamp: string; readonly linesTaken: number };
}
export interface LogLine {
  readonly text: string;
  /** Epoch milliseconds. */
  readonly time: number;
  readonly position: LogPosition;
  readonly stream: "stdout" | "stderr";
}

/** Spelled as the genuine agent spells them: `CannotPullContainerError`, … The name opens the reason that a user reads. */
export class ContainerFailure extends Error {
  override readonly name: string;
  /** Whether trying the same again can help. */
  readonly retriable: boolean;
  constructor(name: string, message: string, options?: ErrorOptions & { readonly retriable?: boolean }) {
    super(message, options);
    this.name = name;
    this.retriable = options?.retriable ?? false;
  }
  /** As it stands in a stopped reason: `CannotPullContainerError: …`. */
  get reason(): string {
    return `${this.name}: ${this.message}`;
  }
}
