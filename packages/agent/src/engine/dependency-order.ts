import type { ChannelTask, ChannelTaskDefinitionContainer } from "@hatoba/contract";
import {
  containerOf,
  hasRun,
  isInternal,
  type KnownContainer,
  type KnownTask,
  namespacePauseName,
  networkModeOf,
  pauseName,
} from "./known-task.ts";
import { logsThroughRouter } from "./log-driver.ts";

/** CREATED is that of `volumesFrom`, the others are those of `dependsOn`. */
type Condition = "CREATED" | "START" | "COMPLETE" | "SUCCESS" | "HEALTHY";
interface Dependency {
  readonly on: string;
  readonly condition: Condition;
}

/** Who waits for whom in one task. */
export interface DependencyOrder {
  dependenciesOf(container: string): readonly Dependency[];
  /** The containers that wait for this one, and must be stopped before it. */
  dependentsOf(container: string): readonly string[];
}

/**
 * The order of a task's containers out of `dependsOn`, `links`, `volumesFrom`, its pause container and the router of its logs.
 * @returns undefined if it cannot be kept: a cycle, a name that is not in the task, HEALTHY of a container without check.
 */
export function dependencyOrder(payload: ChannelTask, internal: readonly string[]): DependencyOrder | undefined {
  const dependencies = new Map<string, readonly Dependency[]>(internal.map((name) => [name, []]));
  const onPause = internal.map((on) => ({ on, condition: "START" as const }));
  const router = waitedForRouter(payload);
  for (const container of payload.containers) {
    dependencies.set(container.name, [...onPause, ...declared(container), ...onRouter(container, router)]);
  }
  const dependents = new Map<string, string[]>();
  for (const [name, list] of dependencies) {
    for (const { on, condition } of list) {
      if (!dependencies.has(on) || (condition === "HEALTHY" && !hasHealthCheck(payload, on))) return undefined;
      dependents.set(on, [...(dependents.get(on) ?? []), name]);
    }
  }
  if (hasCycle(dependencies)) return undefined;
  return {
    dependenciesOf: (name) => dependencies.get(name) ?? [],
    dependentsOf: (name) => dependents.get(name) ?? [],
  };
}

/** The router of a task's logs, unless it waits for others itself: those may log through it. Source: agent protocol §5.3. */
function waitedForRouter({ containers }: ChannelTask): string | undefined {
  const router = containers.find(({ firelensConfiguration }) => firelensConfiguration !== undefined);
  return router !== undefined && declared(router).length === 0 ? router.name : undefined;
}

/** Who logs through the router starts after it, and is stopped before it. */
function onRouter(container: ChannelTaskDefinitionContainer, router: string | undefined): readonly Dependency[] {
  if (router === undefined || container.name === router || !logsThroughRouter(container)) return [];
  const isNamed = declared(container).some(({ on }) => on === router);
  return isNamed ? [] : [{ on: router, condition: "START" }];
}

function declared({ dependsOn, links, volumesFrom }: ChannelTaskDefinitionContainer): readonly Dependency[] {
  return [
    ...(dependsOn ?? []).map(({ containerName, condition }) => ({ on: containerName, condition })),
    ...(links ?? []).map((link) => ({ on: link.split(":")[0] ?? link, condition: "START" as const })),
    ...(volumesFrom ?? []).map(({ sourceContainer }) => ({ on: sourceContainer, condition: "CREATED" as const })),
  ];
}

const hasHealthCheck = (payload: ChannelTask, name: string) =>
  payload.containers.find((container) => container.name === name)?.healthCheckType === "docker";

function hasCycle(dependencies: ReadonlyMap<string, readonly Dependency[]>): boolean {
  const settled = new Set<string>();
  const reaches = (name: string, path: ReadonlySet<string>): boolean => {
    if (path.has(name)) return true;
    if (settled.has(name)) return false;
    const longer = new Set([...path, name]);
    const found = (dependencies.get(name) ?? []).some(({ on }) => reaches(on, longer));
    settled.add(name);
    return found;
  };
  return [...dependencies.keys()].some((name) => reaches(name, new Set()));
}

export type Verdict =
  | { readonly is: "met" }
  /** `until`: epoch milliseconds at which the start time-out ends the waiting, if there is one. */
  | { readonly is: "waiting"; readonly on: string; readonly until?: number }
  /** The container can never start; `reason` is what a user reads. */
  | { readonly is: "failed"; readonly reason: string };

const met: Verdict = { is: "met" };

/** Whether a container may come into being now. Source: agent protocol §5.3. @param now epoch milliseconds */
export function mayStart(task: KnownTask, order: DependencyOrder, name: string, now: number): Verdict {
  let waiting: Verdict = met;
  for (const dependency of order.dependenciesOf(name)) {
    const verdict = judge(task, name, dependency, now);
    if (verdict.is === "failed") return verdict;
    if (verdict.is === "waiting" && (waiting.is === "met" || isSooner(verdict, waiting))) waiting = verdict;
  }
  return waiting;
}

const untilOf = (verdict: Verdict) =>
  (verdict.is === "waiting" ? verdict.until : undefined) ?? Number.POSITIVE_INFINITY;
const isSooner = (a: Verdict, b: Verdict) => untilOf(a) < untilOf(b);

function judge(task: KnownTask, target: string, { on, condition }: Dependency, now: number): Verdict {
  const dependency = containerOf(task, on);
  if (dependency === undefined) return { is: "failed", reason: "TaskDependencyError: unknown container" };
  const fails = (why: string): Verdict => ({ is: "failed", reason: dependencyFailure(task, dependency, target, why) });
  const { status } = dependency;
  if (status === "STOPPED") {
    if (condition !== "CREATED" && !hasRun(dependency)) return fails("because dependency will never start");
    if (condition === "SUCCESS" && dependency.exitCode !== 0) return fails("as dependency did not exit successfully.");
    if (condition === "HEALTHY" && dependency.health !== "HEALTHY") {
      return fails("as dependency did not exit successfully.");
    }
    return met;
  }
  if (condition === "CREATED") return status === "NONE" || status === "PULLED" ? { is: "waiting", on } : met;
  if (status !== "RUNNING") return { is: "waiting", on };
  if (condition === "START" || (condition === "HEALTHY" && dependency.health === "HEALTHY")) return met;
  const until = timeoutOf(task, dependency);
  if (until === undefined) return { is: "waiting", on };
  if (now < until) return { is: "waiting", on, until };
  const text = `dependency graph: container ordering dependency [${shown(task, dependency)}] for target [${shown(task, containerOf(task, target))}] has timed out.`;
  return { is: "failed", reason: `CannotStartContainerError: ${text}` };
}

/** `startTimeout` is that of the dependency, counted from its start. */
function timeoutOf(task: KnownTask, { name, startedAt }: KnownContainer): number | undefined {
  const seconds = task.payload.containers.find((container) => container.name === name)?.startTimeout;
  return seconds === undefined || seconds === 0 || startedAt === undefined ? undefined : startedAt + seconds * 1000;
}

function dependencyFailure(task: KnownTask, dependency: KnownContainer, target: string, why: string): string {
  return `CannotStartContainerError: dependency graph: failed to resolve container ordering dependency [${shown(task, dependency)}] for target [${shown(task, containerOf(task, target))}] ${why}`;
}

function shown(task: KnownTask, container: KnownContainer | undefined): string {
  if (container === undefined) return "";
  const image = task.payload.containers.find(({ name }) => name === container.name)?.image ?? pauseName;
  const exit = container.exitCode === undefined ? "" : ` - Exit: ${container.exitCode}`;
  return `${container.name}(${image}) (${container.status}->${task.desiredStatus})${exit}`;
}

/** The containers that a task needs besides its own. Source: agent protocol §5.7. */
export function internalContainers(payload: ChannelTask): readonly string[] {
  if (networkModeOf(payload) === "awsvpc") return [pauseName];
  return payload.pidMode === "task" || payload.ipcMode === "task" ? [namespacePauseName] : [];
}

/** The name of a container that still has to stop before this one may. */
export function stopBlocker(task: KnownTask, order: DependencyOrder, name: string): string | undefined {
  return order.dependentsOf(name).find((dependent) => {
    const container = containerOf(task, dependent);
    // One that was not started yet holds nobody up, unless it is just coming to life and then joins a namespace.
    return container !== undefined && container.status !== "STOPPED" && (hasRun(container) || isInternal(name));
  });
}
