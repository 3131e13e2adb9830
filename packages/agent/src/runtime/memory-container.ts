import type { Clock } from "../platform/clock.ts";
import type { ContainerDetails, ContainerStats } from "./container-details.ts";
import type { ContainerSpec, LogLine, Observation } from "./container-runtime.ts";
import type { MemoryProgram } from "./memory-program.ts";

/** One container of the memory runtime, and its only process. */
export class MemoryContainer {
  readonly id: string;
  readonly spec: ContainerSpec;
  readonly program: MemoryProgram;
  readonly lines: LogLine[] = [];
  readonly #clock: Clock;
  readonly #onEvent: () => void;
  readonly #timers = new Set<() => void>();
  readonly #waiting = new Set<() => void>();
  #status: Observation["status"] = "CREATED";
  #exitCode: number | undefined;
  #outOfMemory = false;
  readonly #createdAt: number;
  #startedAt: number | undefined;
  #finishedAt: number | undefined;
  #health: Observation["health"];
  ports: Observation["ports"] = [];
  /** How often its process was started. */
  starts = 0;

  /** @param onEvent called when it starts, ends, or its health changes */
  constructor(id: string, spec: ContainerSpec, program: MemoryProgram, clock: Clock, onEvent: () => void) {
    this.id = id;
    this.spec = spec;
    this.program = program;
    this.#clock = clock;
    this.#createdAt = clock.now();
    this.#onEvent = onEvent;
  }

  get isRunning(): boolean {
    return this.#status === "RUNNING";
  }

  start(ports: Observation["ports"]): void {
    const { exitAfterMs, exitCode = 0, outOfMemory = false, health, output = [] } = this.program;
    this.starts += 1;
    this.#status = "RUNNING";
    this.#startedAt = this.#clock.now();
    this.#finishedAt = undefined;
    this.#exitCode = undefined;
    this.ports = ports;
    if (health !== undefined) this.#health = "UNKNOWN";
    for (const text of output) this.print(text);
    for (const step of health ?? []) this.#after(step.afterMs, () => this.#turn(step.health));
    if (exitAfterMs === 0) this.end(exitCode, outOfMemory);
    else if (exitAfterMs !== undefined)
      this.#after(exitAfterMs, () => this.end(outOfMemory ? 137 : exitCode, outOfMemory));
    if (this.isRunning) this.#changed();
  }

  /** Resolves once it has ended. */
  async stop(graceSeconds: number): Promise<void> {
    if (!this.isRunning) return;
    const { ignoresStop = false, stopExitCode = 143, stopMs = 0 } = this.program;
    const ended = new Promise<void>((resolve) => this.#waiting.add(resolve));
    if (ignoresStop) this.#after(graceSeconds * 1000, () => this.end(137));
    else if (stopMs === 0) this.end(stopExitCode);
    else if (stopMs > graceSeconds * 1000) this.#after(graceSeconds * 1000, () => this.end(137));
    else this.#after(stopMs, () => this.end(stopExitCode));
    while (this.isRunning) await ended;
  }

  /** Its process ends. */
  end(exitCode: number, outOfMemory = false): void {
    if (!this.isRunning) return;
    this.#status = "STOPPED";
    this.#exitCode = exitCode;
    this.#outOfMemory = outOfMemory;
    this.#finishedAt = this.#clock.now();
    this.ports = [];
    for (const cancel of this.#timers) cancel();
    this.#timers.clear();
    this.#changed();
  }

  /** A line of standard output. */
  print(text: string): void {
    const index = this.lines.length + 1;
    const position = { timestamp: String(index).padStart(12, "0"), linesTaken: 1 };
    this.lines.push({ text, time: this.#clock.now(), position, stream: "stdout" });
    this.#wake();
  }

  /** Resolves when it has printed, ended or been removed. */
  change(): Promise<void> {
    return new Promise((resolve) => this.#waiting.add(resolve));
  }

  observe(): Observation {
    const { name, labels, network } = this.spec;
    return {
      id: this.id,
      name,
      labels,
      status: this.#status,
      ...(this.#exitCode === undefined ? {} : { exitCode: this.#exitCode }),
      ...(this.#outOfMemory ? { outOfMemory: true } : {}),
      ...(this.#startedAt === undefined ? {} : { startedAt: this.#startedAt }),
      ...(this.#finishedAt === undefined ? {} : { finishedAt: this.#finishedAt }),
      ...(this.#health === undefined ? {} : { health: this.#health }),
      ports: this.ports,
      ...(network.mode === "vpc" ? { address: network.address } : {}),
    };
  }

  details(): ContainerDetails {
    const { name, labels, image, mounts, network } = this.spec;
    const times = { startedAt: this.#startedAt, finishedAt: this.#finishedAt };
    return {
      id: this.id,
      name,
      labels,
      imageId: `sha256:${Buffer.from(image).toString("hex").padEnd(64, "0").slice(0, 64)}`,
      createdAt: new Date(this.#createdAt).toISOString(),
      ...Object.fromEntries(
        Object.entries(times).flatMap(([key, time]) =>
          time === undefined ? [] : [[key, new Date(time).toISOString()]],
        ),
      ),
      ports: this.ports,
      mounts: mounts.map(({ source, target }) => ({ source, target })),
      logDriver: "json-file",
      networks: network.mode === "vpc" ? [{ name: network.network, address: network.address }] : [],
    };
  }

  /** It uses half a processor and 8 MiB, reads nothing, and receives a kilobyte a second. */
  stats(): ContainerStats | undefined {
    if (!this.isRunning || this.#startedAt === undefined) return undefined;
    const ranMs = this.#clock.now() - this.#startedAt;
    return {
      read: new Date(this.#clock.now()).toISOString(),
      cpu_stats: { cpu_usage: { total_usage: ranMs * 500_000 }, online_cpus: 2 },
      precpu_stats: {},
      memory_stats: { usage: 8 * 1024 * 1024, stats: {} },
      blkio_stats: { io_service_bytes_recursive: [] },
      networks: { eth0: { rx_bytes: ranMs, tx_bytes: 0 } },
      name: `/${this.spec.name}`,
      id: this.id,
    };
  }

  #turn(health: "HEALTHY" | "UNHEALTHY"): void {
    this.#health = health;
    this.#changed();
  }

  #after(milliseconds: number, callback: () => void): void {
    const cancel = this.#clock.after(milliseconds, () => {
      this.#timers.delete(cancel);
      callback();
    });
    this.#timers.add(cancel);
  }

  #changed(): void {
    this.#onEvent();
    this.#wake();
  }

  #wake(): void {
    for (const wake of this.#waiting) wake();
    this.#waiting.clear();
  }
}
