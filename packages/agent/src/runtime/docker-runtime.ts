import type { ContainerDetails, ContainerStats } from "./container-details.ts";
import type {
  ContainerRuntime,
  ContainerSpec,
  LogLine,
  LogPosition,
  MachineFacts,
  Observation,
  PullBehaviour,
  PullResult,
  RuntimeEvent,
  VolumeSpec,
} from "./container-runtime.ts";
import { type DetailedAnswer, detailsOf } from "./docker-details.ts";
import type { DockerEngine } from "./docker-engine.ts";
import { type EngineAction, failureOf, isConflict, isMissing } from "./docker-errors.ts";
import { dockerEvents } from "./docker-events.ts";
import { readLogs } from "./docker-log-reader.ts";
import { DockerNetworks } from "./docker-network.ts";
import { type InspectAnswer, observationOf } from "./docker-observation.ts";
import { DockerPull } from "./docker-pull.ts";
import { type EnginePlatform, linuxEngine } from "./engine-platform.ts";
import type { RegistryAuth } from "./registry-auth.ts";

/** Longest waits for the engine, in milliseconds. Source: agent-protocol §5.11, DockerTimeoutError, and §5.4. */
const limits = {
  short: 30_000,
  remove: 5 * 60_000,
  beyondGrace: 2 * 60_000,
} as const;

export interface DockerRuntimeOptions {
  readonly engine: DockerEngine;
  /** Events are told of containers with this label only, `NAME` or `NAME=VALUE`. */
  readonly eventLabel?: string;
  /** Of every network that is made. */
  readonly networkLabels?: Readonly<Record<string, string>>;
  /** What its containers run on; Linux if left out. */
  readonly platform?: EnginePlatform;
}

/** Containers by a Docker Engine, or what speaks its API. */
export class DockerRuntime implements ContainerRuntime {
  readonly #engine: DockerEngine;
  readonly #eventLabel: string;
  readonly #images: DockerPull;
  readonly #networks: DockerNetworks;
  readonly #platform: EnginePlatform;
  /** Containers in which the kernel killed a process for memory, as the engine's events told. */
  readonly #outOfMemory = new Set<string>();

  constructor(options: DockerRuntimeOptions) {
    const { engine, eventLabel = "com.amazonaws.ecs.task-arn", networkLabels, platform = linuxEngine } = options;
    this.#engine = engine;
    this.#eventLabel = eventLabel;
    this.#images = new DockerPull(engine, undefined, platform.waits.pullInactivity);
    this.#networks = new DockerNetworks(engine, networkLabels);
    this.#platform = platform;
  }

  async describe(): Promise<MachineFacts> {
    const [version, info] = await this.#try("describe", () =>
      Promise.all([
        this.#engine.call<VersionAnswer>("GET", "/version", { timeoutMs: limits.short }),
        this.#engine.call<InfoAnswer>("GET", "/info", { timeoutMs: limits.short }),
      ]),
    );
    return {
      engineVersion: /^\d+\.\d+\.\d+/.exec(version.Version)?.[0] ?? version.Version,
      apiVersion: version.ApiVersion,
      cpus: info.NCPU,
      memoryMiB: Math.floor(info.MemTotal / (1024 * 1024)),
      architecture: /^(aarch64|arm64)/.test(info.Architecture) ? "arm64" : "x86_64",
      loggingDrivers: info.Plugins?.Log ?? [],
      ...(info.CgroupDriver ? { cgroupDriver: info.CgroupDriver } : {}),
      ...(info.OSType === "windows" ? { windows: windowsOf(info) } : {}),
    };
  }

  pull(image: string, behaviour: PullBehaviour, signal: AbortSignal, auth?: RegistryAuth): Promise<PullResult> {
    return this.#images.pull(image, behaviour, signal, auth);
  }

  async removeImage(image: string): Promise<"removed" | "in use"> {
    return this.#try("removeImage", async () => {
      try {
        await this.#engine.call("DELETE", `/images/${encodeURI(image)}`, { timeoutMs: limits.remove });
      } catch (error) {
        if (isConflict(error)) return "in use";
        if (!isMissing(error)) throw error;
      }
      this.#images.forget(image);
      return "removed";
    });
  }

  async create(spec: ContainerSpec): Promise<string> {
    const timeoutMs = this.#platform.waits.create;
    const request = { query: { name: spec.name }, body: this.#platform.createBody(spec), timeoutMs };
    return this.#try("create", async () => {
      try {
        return (await this.#engine.call<{ readonly Id: string }>("POST", "/containers/create", request)).Id;
      } catch (error) {
        const existing = isConflict(error) ? await this.#look(spec.name) : undefined;
        if (existing === undefined) throw error;
        return existing.Id;
      }
    });
  }

  async start(id: string): Promise<void> {
    const timeoutMs = this.#platform.waits.start;
    await this.#try("start", () => this.#engine.call("POST", `/containers/${id}/start`, { timeoutMs }));
  }

  async stop(id: string, graceSeconds: number): Promise<void> {
    await this.#try("stop", async () => {
      const timeoutMs = graceSeconds * 1000 + limits.beyondGrace;
      try {
        await this.#engine.call("POST", `/containers/${id}/stop`, { query: { t: graceSeconds }, timeoutMs });
      } catch (error) {
        if (!isMissing(error)) throw error;
      }
    });
  }

  async remove(id: string): Promise<void> {
    await this.#try("remove", async () => {
      try {
        await this.#engine.call("DELETE", `/containers/${id}`, {
          query: { force: true, v: true },
          timeoutMs: limits.remove,
        });
      } catch (error) {
        // "removal of container … is already in progress": somebody else does it, and this waits for the end of it.
        if (isConflict(error)) await this.#gone(id);
        else if (!isMissing(error)) throw error;
      }
    });
    this.#outOfMemory.delete(id);
  }

  async inspect(id: string): Promise<Observation | undefined> {
    const answer = await this.#try("inspect", () => this.#look(id));
    return answer === undefined ? undefined : observationOf(answer, this.#outOfMemory.has(answer.Id));
  }

  async details(id: string): Promise<ContainerDetails | undefined> {
    const answer = await this.#try("inspect", () => this.#look(id));
    return answer === undefined ? undefined : detailsOf(answer as DetailedAnswer);
  }

  async stats(id: string): Promise<ContainerStats | undefined> {
    // One sample at once; without `one-shot` the engine takes two, a second apart.
    const query = { stream: false, "one-shot": true };
    return this.#try("stats", async () => {
      try {
        const stats = await this.#engine.call<ContainerStats>("GET", `/containers/${id}/stats`, {
          query,
          timeoutMs: limits.short,
        });
        // Of a container that does not run there is nothing but names, read in year 1.
        return Date.parse(String(stats["read"])) > 0 ? stats : undefined;
      } catch (error) {
        if (isMissing(error) || isConflict(error)) return undefined;
        throw error;
      }
    });
  }

  async list(labels: Readonly<Record<string, string>>): Promise<readonly Observation[]> {
    const label = Object.entries(labels).map(([name, value]) => `${name}=${value}`);
    const query = { all: true, filters: JSON.stringify({ label }) };
    const found = await this.#try("list", () =>
      this.#engine.call<readonly { readonly Id: string }[]>("GET", "/containers/json", {
        query,
        timeoutMs: limits.short,
      }),
    );
    const observations: (Observation | undefined)[] = [];
    // A few at a time: inspecting is cheap, a thousand connections at once are not.
    for (let at = 0; at < found.length; at += 16) {
      observations.push(...(await Promise.all(found.slice(at, at + 16).map(({ Id }) => this.inspect(Id)))));
    }
    return observations.filter((observation) => observation !== undefined);
  }

  async *events(signal: AbortSignal): AsyncGenerator<RuntimeEvent> {
    const options = {
      signal,
      label: this.#eventLabel,
      onOutOfMemory: (id: string) => void this.#outOfMemory.add(id),
      onDestroyed: (id: string) => void this.#outOfMemory.delete(id),
    };
    for await (const event of dockerEvents(this.#engine, options)) {
      if (event.kind === "reset") this.#networks.forget();
      yield event;
    }
  }

  async *logs(id: string, since: LogPosition | undefined, signal: AbortSignal): AsyncGenerator<LogLine> {
    try {
      yield* readLogs(this.#engine, id, since, signal);
    } catch (error) {
      if (!signal.aborted) throw failureOf("logs", error);
    }
  }

  async createVolume(spec: VolumeSpec): Promise<void> {
    const body = {
      Name: spec.name,
      Driver: spec.driver ?? "local",
      DriverOpts: spec.driverOpts ?? {},
      Labels: spec.labels,
    };
    await this.#try("createVolume", () =>
      this.#engine.call("POST", "/volumes/create", { body, timeoutMs: this.#platform.waits.create }),
    );
  }

  async hasVolume(name: string): Promise<boolean> {
    return this.#try("inspectVolume", async () => {
      try {
        await this.#engine.call("GET", `/volumes/${encodeURIComponent(name)}`, { timeoutMs: limits.short });
        return true;
      } catch (error) {
        if (isMissing(error)) return false;
        throw error;
      }
    });
  }

  async removeVolume(name: string): Promise<void> {
    await this.#try("removeVolume", async () => {
      try {
        await this.#engine.call("DELETE", `/volumes/${encodeURIComponent(name)}`, { timeoutMs: limits.remove });
      } catch (error) {
        if (!isMissing(error)) throw error;
      }
    });
  }

  ensureVpcNetwork(vpcCidr: string): Promise<string> {
    return this.#networks.ensure(vpcCidr);
  }

  async #look(idOrName: string): Promise<InspectAnswer | undefined> {
    try {
      return await this.#engine.call<InspectAnswer>("GET", `/containers/${idOrName}/json`, { timeoutMs: limits.short });
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  }

  /** Waits until a container is removed; one that never existed is. */
  async #gone(id: string): Promise<void> {
    const query = { condition: "removed" };
    try {
      await this.#engine.call("POST", `/containers/${id}/wait`, { query, timeoutMs: limits.remove });
    } catch (error) {
      if (!isMissing(error)) throw error;
    }
  }

  async #try<T>(action: EngineAction, call: () => Promise<T>): Promise<T> {
    try {
      return await call();
    } catch (error) {
      throw failureOf(action, error);
    }
  }
}

interface VersionAnswer {
  readonly Version: string;
  readonly ApiVersion: string;
}
interface InfoAnswer {
  readonly NCPU: number;
  readonly MemTotal: number;
  readonly Architecture: string;
  readonly CgroupDriver?: string;
  readonly OSType?: string;
  readonly OSVersion?: string;
  readonly OperatingSystem?: string;
  readonly KernelVersion?: string;
  readonly Plugins?: { readonly Log?: readonly string[] };
}

const windowsOf = (info: InfoAnswer): NonNullable<MachineFacts["windows"]> => ({
  ...(info.OSVersion ? { osVersion: info.OSVersion } : {}),
  ...(info.OperatingSystem ? { operatingSystem: info.OperatingSystem } : {}),
  ...(info.KernelVersion ? { kernelVersion: info.KernelVersion } : {}),
});
