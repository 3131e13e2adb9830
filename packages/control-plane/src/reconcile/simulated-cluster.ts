import type { ContainerInstance } from "../model/container-instance.ts";
import {
  exampleCluster,
  exampleClusterArn,
  exampleContainerInstance,
  exampleContainerInstanceArn,
  exampleDeployment,
  exampleService,
  exampleServiceArn,
  exampleTaskDefinition,
} from "../model/examples.ts";
import { newServiceDeployment } from "../model/new-service-deployment.ts";
import type { Service } from "../model/service.ts";
import type { Task } from "../model/task.ts";
import type { TaskDefinition } from "../model/task-definition.ts";
import { ManualClock } from "../platform/clock.ts";
import { countingIds } from "../platform/ids.ts";
import { silentLogger } from "../platform/logger.ts";
import { defaultSettings, type Settings } from "../settings.ts";
import { MemoryStore } from "../store/memory-store.ts";
import { ConflictError, NotFoundError, type Store, type Stored, type Write } from "../store/store.ts";
import { update } from "../store/update.ts";
import { startLoops } from "./start-loops.ts";

/** A cluster in memory with the loops running over it, for tests, which play the operations and the agents. */
export class SimulatedCluster {
  readonly store: Store;
  readonly clock = new ManualClock();
  readonly ids = countingIds();
  readonly settings: Settings;
  private loops: { stop(): Promise<void> } | undefined;
  private quietTurns = 0;
  private deployments = 0;

  constructor(settings: Partial<Settings> = {}, store: Store = new MemoryStore()) {
    this.settings = { ...defaultSettings, taskProvingMs: 0, ...settings };
    this.store = store;
    this.store.onChange(() => {
      this.quietTurns = 0;
    });
  }

  /** A cluster with `instances` container instances over three zones, and the task definition `web:1`. */
  async create(instances: number, of: Partial<ContainerInstance> = {}): Promise<void> {
    await this.put("cluster", exampleClusterArn, exampleCluster());
    for (const revision of [1, 2, 3])
      await this.put("taskDefinition", taskDefinitionArn(revision), exampleTaskDefinition({ revision }));
    for (let number = 1; number <= instances; number++) await this.addInstance(number, of);
  }

  start(): void {
    const { store, clock, ids, settings } = this;
    this.loops = startLoops({ store, clock, ids, settings, logger: silentLogger });
  }

  async stop(): Promise<void> {
    await this.loops?.stop();
    this.loops = undefined;
  }

  addInstance(number: number, of: Partial<ContainerInstance> = {}): Promise<void> {
    const availabilityZone = this.settings.availabilityZones[number % 3] ?? "";
    const value = exampleContainerInstance({ availabilityZone, agentConnected: true, attributes: [], ...of });
    return this.put("containerInstance", exampleContainerInstanceArn(number), value);
  }

  /** What CreateService does. */
  async createService(of: Partial<Service> = {}): Promise<void> {
    const deploymentId = this.newDeploymentId();
    const service = exampleService({ primaryDeploymentId: deploymentId, ...of });
    await this.store.commit([
      { kind: "service", arn: exampleServiceArn, expected: 0, value: service },
      ...this.newDeployment(deploymentId, service),
    ]);
  }

  /** What UpdateService with a new task definition does; returns the new deployment's id. */
  async deploy(revision: number): Promise<string> {
    const deploymentId = this.newDeploymentId();
    const taskDefinition = taskDefinitionArn(revision);
    for (;;) {
      const service = this.store.snapshot().get("service", exampleServiceArn);
      if (service === undefined) throw new NotFoundError("There is no service yet.");
      const value = { ...service.value, taskDefinition, primaryDeploymentId: deploymentId };
      try {
        await this.store.commit([
          ...this.newDeployment(deploymentId, value),
          { kind: "service", arn: service.arn, expected: service.revision, value },
        ]);
        return deploymentId;
      } catch (error) {
        if (!(error instanceof ConflictError)) throw error;
      }
    }
  }

  async updateService(change: Partial<Service>): Promise<void> {
    await update(this.store, "service", exampleServiceArn, (service) => ({ ...service, ...change }));
  }

  /** What an agent's report does to a task. */
  async report(arn: string, change: Partial<Task>): Promise<void> {
    await update(this.store, "task", arn, (task) => ({ ...task, ...change }));
  }

  /** The agents do what they are told: what is wanted RUNNING runs, what is wanted STOPPED stops. */
  async obey(limit = Number.POSITIVE_INFINITY): Promise<number> {
    const waiting = this.tasks().filter(
      ({ value }) =>
        value.lastStatus === "PENDING" || (value.desiredStatus === "STOPPED" && value.lastStatus === "RUNNING"),
    );
    await Promise.all(
      waiting
        .slice(0, limit)
        .map(({ arn, value }) =>
          this.report(
            arn,
            value.desiredStatus === "RUNNING"
              ? { lastStatus: "RUNNING", startedAt: this.clock.now() }
              : { lastStatus: "STOPPED", stoppedAt: this.clock.now() },
          ),
        ),
    );
    return waiting.length;
  }

  /** Lets the loops run until nothing has changed for some turns of the event loop; time stands still. */
  async settle(): Promise<void> {
    this.quietTurns = 0;
    while (this.quietTurns < 8) {
      this.quietTurns += 1;
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  /** Loops and agents take turns until neither has anything to do. */
  async converge(): Promise<void> {
    for (let round = 0; round < 1000; round++) {
      await this.settle();
      if ((await this.obey()) === 0) return;
    }
    throw new Error("The cluster does not come to rest.");
  }

  tasks(): readonly Stored<"task">[] {
    return this.store.snapshot().list("task");
  }

  running(): readonly Stored<"task">[] {
    return this.tasks().filter(({ value }) => value.lastStatus === "RUNNING" && value.desiredStatus === "RUNNING");
  }

  /** Newest first. */
  events(): readonly string[] {
    const stored = this.store.snapshot().get("serviceEvents", `events/${exampleServiceArn}`);
    return stored?.value.events.map(({ message }) => message) ?? [];
  }

  service(): Service {
    return this.store.snapshot().get("service", exampleServiceArn)?.value ?? exampleService();
  }

  async put<K extends Write["kind"]>(kind: K, arn: string, value: (Write & { kind: K })["value"]): Promise<void> {
    await this.store.commit([{ kind, arn, expected: 0, value } as Write]);
  }

  private newDeploymentId(): string {
    this.deployments += 1;
    return `ecs-svc/${String(this.deployments).padStart(19, "0")}`;
  }

  private newDeployment(deploymentId: string, service: Service): readonly Write[] {
    const rolloutStateReason = `ECS deployment ${deploymentId} in progress.`;
    const { taskDefinition } = service;
    const value = exampleDeployment({ deploymentId, taskDefinition, rolloutStateReason, createdAt: this.clock.now() });
    const { revision, record } = newServiceDeployment(value, service, {
      taskDefinition: exampleTaskDefinition({ revision: 1 }),
      sources: this.store
        .snapshot()
        .list("deployment", { serviceArn: exampleServiceArn })
        .map(({ arn }) => ({ revisionArn: arn, deploymentId: arn, requestedTaskCount: service.desiredCount })),
    });
    return [
      { kind: "deployment", arn: deploymentId, expected: 0, value },
      { kind: "serviceRevision", expected: 0, ...revision },
      { kind: "serviceDeployment", expected: 0, ...record },
    ];
  }
}

/** The task definition `web` in one of its revisions. */
export const taskDefinitionArn = (revision: number): string =>
  `arn:aws:ecs:us-east-1:000000000000:task-definition/web:${revision}`;

/** A task definition whose container has a health check. */
export const withHealthCheck = (definition: TaskDefinition): TaskDefinition => ({
  ...definition,
  registered: {
    ...definition.registered,
    containerDefinitions: (definition.registered.containerDefinitions ?? []).map((container) => ({
      ...container,
      healthCheck: { command: ["CMD-SHELL", "true"] },
    })),
  },
});
