import type { PortBinding } from "./container-runtime.ts";

/** What the engine shows of a container beyond its state; times are RFC 3339 as the engine wrote them. */
export interface ContainerDetails {
  readonly id: string;
  readonly name: string;
  /** `sha256:…` */
  readonly imageId: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly createdAt?: string;
  /** Absent for one that never ran. */
  readonly startedAt?: string;
  /** Absent while it runs. */
  readonly finishedAt?: string;
  readonly ports: readonly Required<PortBinding>[];
  /** `name` is that of a volume; without it the source is a path of the machine. */
  readonly mounts: readonly { readonly name?: string; readonly source: string; readonly target: string }[];
  readonly logDriver?: string;
  readonly logOptions?: Readonly<Record<string, string>>;
  /** Networks of its own with its IPv4 address there, empty once it has stopped. */
  readonly networks: readonly { readonly name: string; readonly address: string }[];
  /** What the last run of its health check said. */
  readonly healthCheck?: { readonly exitCode: number; readonly output: string };
}

/**
 * A container's use of the machine at one moment, in the shape and spelling of Docker's statistics (`read`, `cpu_stats`,
 * `memory_stats`, `blkio_stats`, `networks`, …), which containers are shown as it is. Source: Docker Engine API,
 * ContainerStats.
 */
export type ContainerStats = Readonly<Record<string, unknown>>;
