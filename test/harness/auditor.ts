import type { Task } from "../../packages/control-plane/src/model/task.ts";
import type { Change } from "../../packages/control-plane/src/store/store.ts";
import type { WholeHouse } from "./whole-house.ts";

const order = [
  "PROVISIONING",
  "PENDING",
  "ACTIVATING",
  "RUNNING",
  "DEACTIVATING",
  "STOPPING",
  "DEPROVISIONING",
  "STOPPED",
];
const containerOrder = ["PENDING", "RUNNING", "STOPPED"];
const taskLabel = "com.amazonaws.ecs.task-arn";
const containerLabel = "com.amazonaws.ecs.container-name";

/**
 * Looks at a house from outside, at what the store says and at the containers that there are, and notes what must never be.
 * It uses nothing of what it judges.
 */
export class Auditor {
  readonly findings: string[] = [];
  private readonly house: WholeHouse;
  /** By task and container name: the ids of every container that was ever seen running for it. */
  private readonly started = new Map<string, Set<string>>();
  private readonly stopListening: () => void;

  constructor(house: WholeHouse) {
    this.house = house;
    this.stopListening = house.store.onChange((change) => this.hear(change));
  }

  /** To be called in every turn: containers live shortly. */
  look(): void {
    for (const { runtime } of this.house.agents) {
      for (const container of runtime.containers) {
        if (!container.isRunning) continue;
        const { [taskLabel]: task = "", [containerLabel]: name = "" } = container.spec.labels;
        const key = `${task} ${name}`;
        const seen = this.started.get(key) ?? new Set();
        this.started.set(key, seen);
        if (seen.has(container.id)) continue;
        seen.add(container.id);
        if (seen.size > 1) this.findings.push(`twice: ${key} ran as ${[...seen].join(" and ")}`);
      }
    }
  }

  /** To be called when everything has come to rest and no task should run any more. */
  lookAtTheEnd(): void {
    this.stopListening();
    for (const { arn, value } of this.house.store.snapshot().list("task")) {
      if (value.lastStatus !== "STOPPED") this.findings.push(`never ended: ${arn} is ${value.lastStatus}`);
      else if (value.stopCode === undefined) this.findings.push(`no stop code: ${arn}`);
    }
    for (const { runtime, containerInstanceArn } of this.house.agents) {
      for (const container of runtime.containers) {
        this.findings.push(
          `orphan on ${containerInstanceArn}: ${container.spec.labels[taskLabel]}, ${container.observe().status}`,
        );
      }
      const usage = this.house.store.snapshot().tally("instanceUsage", containerInstanceArn);
      if (usage.cpu !== 0 || usage.memory !== 0)
        this.findings.push(`held for nothing on ${containerInstanceArn}: ${JSON.stringify(usage)}`);
    }
  }

  /** How many containers it has seen running. */
  get containersSeen(): number {
    return this.started.size;
  }

  private hear({ before, after }: Change): void {
    if (before?.kind !== "task" || after?.kind !== "task") return;
    const [was, is] = [before.value, after.value];
    const note: Note = (what, from, to) =>
      this.findings.push(`backwards: ${what} of ${after.arn} from ${String(from)} to ${String(to)}`);
    if (order.indexOf(is.lastStatus) < order.indexOf(was.lastStatus)) note("lastStatus", was.lastStatus, is.lastStatus);
    if (was.desiredStatus === "STOPPED" && is.desiredStatus !== "STOPPED")
      note("desiredStatus", "STOPPED", is.desiredStatus);
    if (was.lastStatus === "STOPPED" && was.stopCode !== is.stopCode) note("stopCode", was.stopCode, is.stopCode);
    if (was.containerInstanceArn !== undefined && was.containerInstanceArn !== is.containerInstanceArn) {
      note("containerInstanceArn", was.containerInstanceArn, is.containerInstanceArn);
    }
    for (const container of is.containers) this.compare(was, container, note);
  }

  private compare(was: Task, is: Task["containers"][number], note: Note): void {
    const earlier = was.containers.find(({ name }) => name === is.name);
    if (earlier === undefined) return;
    if (containerOrder.indexOf(is.lastStatus) < containerOrder.indexOf(earlier.lastStatus)) {
      note(`lastStatus of ${is.name}`, earlier.lastStatus, is.lastStatus);
    }
    if (earlier.exitCode !== undefined && earlier.exitCode !== is.exitCode)
      note("exitCode", earlier.exitCode, is.exitCode);
    if (earlier.runtimeId !== undefined && earlier.runtimeId !== is.runtimeId)
      note("runtimeId", earlier.runtimeId, is.runtimeId);
  }
}

type Note = (what: string, from: unknown, to: unknown) => void;
