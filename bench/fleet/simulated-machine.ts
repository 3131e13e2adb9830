import type { ChannelTask, ManifestEntry } from "@hatoba/contract";
import { attributesOf } from "../../packages/agent/src/attributes.ts";
import type { AssignmentHandler, Comparison } from "../../packages/agent/src/channel/assignment-handler.ts";
import type {
  ControlPlane,
  HealthSource,
  MetricsSource,
  TaskHealth,
  TaskMetric,
  TaskStateChange,
} from "../../packages/agent/src/channel/control-plane.ts";
import { longStatsSet, statsSet } from "../../packages/agent/src/metrics/stats-set.ts";
import type { MachineFacts } from "../../packages/agent/src/runtime/container-runtime.ts";

const facts: MachineFacts = {
  engineVersion: "28.0.0",
  apiVersion: "1.41",
  cpus: 64,
  memoryMiB: 262_144,
  architecture: "x86_64",
  loggingDrivers: ["json-file", "local", "none"],
};

/** Tasks with a report under way at a time. Source: agent protocol §2.5. */
const mostInFlight = 10;

/**
 * A machine without containers: takes what the control plane assigns, as an agent does, and says at once that it runs or has
 * stopped. It keeps its tasks in memory, and next to nothing of each.
 */
export class SimulatedMachine implements AssignmentHandler, HealthSource, MetricsSource {
  containerInstanceArn = "";
  private readonly index: number;
  private readonly controlPlane: ControlPlane;
  private readonly running = new Map<string, ChannelTask>();
  private readonly reports: TaskStateChange[] = [];
  private inFlight = 0;
  private sequence = 0;

  constructor(index: number, controlPlane: ControlPlane) {
    this.index = index;
    this.controlPlane = controlPlane;
  }

  async register(): Promise<void> {
    const zone = `us-east-1${"abc"[this.index % 3]}`;
    const { containerInstanceArn } = await this.controlPlane.registerContainerInstance({
      clientToken: `machine-${this.index}`,
      attributes: attributesOf(facts, { capacity: "EC2", zone }),
      cpu: facts.cpus * 1024,
      memoryMiB: facts.memoryMiB,
      reservedTcpPorts: [22, 2375, 2376, 51678, 51679],
      reservedUdpPorts: [],
    });
    this.containerInstanceArn = containerInstanceArn;
  }

  async assign(tasks: readonly ChannelTask[], seqNum: number): Promise<void> {
    this.sequence = Math.max(this.sequence, seqNum);
    for (const task of tasks) {
      if (task.desiredStatus === "STOPPED") this.end(task.arn);
      else if (!this.running.has(task.arn)) this.begin(task);
    }
  }

  async compare(_listed: readonly ManifestEntry[], timeline: number): Promise<Comparison> {
    if (timeline <= this.sequence) return { outdated: true };
    this.sequence = timeline;
    return { outdated: false, stopCandidates: [] };
  }

  async stop(taskArns: readonly string[]): Promise<void> {
    for (const arn of taskArns) this.end(arn);
  }

  health(): readonly TaskHealth[] {
    return [];
  }

  start(): () => void {
    return () => undefined;
  }

  isIdle(): boolean {
    return this.running.size === 0;
  }

  takeMetrics(): readonly TaskMetric[] {
    return Array.from(this.running.values(), ({ arn, family, version, containers }) => ({
      taskArn: arn,
      taskDefinitionFamily: family,
      taskDefinitionVersion: version,
      containerMetrics: containers.map(({ name }) => ({ containerName: name, ...usedStats })),
    }));
  }

  private begin(task: ChannelTask): void {
    this.running.set(task.arn, task);
    this.report({
      task: task.arn,
      status: "RUNNING",
      containers: task.containers.map(({ name }) => ({
        containerName: name,
        runtimeId: runtimeIdOf(task.arn),
        status: "RUNNING",
        imageDigest: "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
      })),
      pullStartedAt: Date.now(),
      pullStoppedAt: Date.now(),
    });
  }

  private end(taskArn: string): void {
    const task = this.running.get(taskArn);
    if (task === undefined) return;
    this.running.delete(taskArn);
    this.report({
      task: taskArn,
      status: "STOPPED",
      containers: task.containers.map(({ name }) => ({
        containerName: name,
        runtimeId: runtimeIdOf(taskArn),
        status: "STOPPED",
        exitCode: 0,
      })),
      executionStoppedAt: Date.now(),
    });
  }

  private report(change: TaskStateChange): void {
    this.reports.push(change);
    this.sendNext();
  }

  private sendNext(): void {
    while (this.inFlight < mostInFlight) {
      const change = this.reports.shift();
      if (change === undefined) return;
      this.inFlight += 1;
      this.controlPlane
        .submitTaskStateChange(change)
        .catch((error: unknown) => console.error("a report was refused:", error))
        .finally(() => {
          this.inFlight -= 1;
          this.sendNext();
        });
    }
  }
}

/** 64 hexadecimal digits, as the engine makes them. */
const runtimeIdOf = (taskArn: string): string => taskArn.slice(-32).repeat(2);

/** Four samples of a container at work, as an agent sends after twenty seconds. */
const usedStats = {
  cpuStatsSet: statsSet([0.8, 1.2, 1, 1.1]) ?? {},
  memoryStatsSet: statsSet([52, 52, 53, 53]) ?? {},
  networkStatsSet: {
    rxBytes: longStatsSet([1_100_000, 1_110_000]),
    txBytes: longStatsSet([900_000, 905_000]),
    rxBytesPerSecond: statsSet([2000, 2100]),
    txBytesPerSecond: statsSet([1000, 1010]),
  },
  storageStatsSet: {
    readSizeBytes: longStatsSet([4096, 4096]),
    writeSizeBytes: longStatsSet([0, 0]),
  },
} as const;
