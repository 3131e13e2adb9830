import type { Service } from "../../model/service.ts";
import { computedDesiredCount } from "../../model/task-set.ts";
import type { Stored, Write } from "../../store/store.ts";
import type { Next } from "../loop/reconciler.ts";
import { planEnd, stopsPerPass } from "./plan-end.ts";
import { planTasks, type ServicePass, type TasksPass } from "./plan-pass.ts";
import { completedMessage, steadyMessage, stoppedMessage } from "./service-events.ts";
import { isAlive } from "./service-tasks.ts";
import { type ServiceView, viewWhole, type WholeService } from "./service-view.ts";
import { newsWrite, type PassDependencies, removals } from "./service-writes.ts";
import { stopWrites } from "./stop-tasks.ts";

/** Decides what is to be done for a service whose task sets say what its tasks are made of, each by itself. */
export function planTaskSets(whole: WholeService, deps: PassDependencies): ServicePass {
  const { status, serviceName } = whole.stored.value;
  if (status === "INACTIVE") return { writes: [], next: "when-changed" };
  if (status === "DRAINING") return { writes: planEnd(whole, deps), next: "when-changed" };
  const taskSets = whole.snapshot.list("taskSet", { serviceArn: whole.stored.arn });
  const passes = passesOf(whole, taskSets, deps);
  const isSettled = passes.length > 0 && passes.every((pass) => pass.isSettled);
  const isNews = isSettled && !whole.events.value.steady;
  const news = [
    ...passes.map(({ id, messages }) => ({ name: `${serviceName}, taskSet ${id}`, messages })),
    ...(isNews ? [{ name: serviceName, messages: [steadyMessage] }] : []),
  ];
  const [waitsIn] = passes.flatMap((pass) => pass.waitsIn ?? []);
  return {
    writes: [...passes.flatMap(({ writes }) => writes), ...newsWrite(whole, news, deps, isSettled)],
    next: passes.length < taskSets.length ? { afterSeconds: 0 } : soonest(passes.map(({ next }) => next)),
    ...(waitsIn === undefined ? {} : { waitsIn }),
  };
}

/** In the order of their creation, up to one that places tasks: those behind it are looked at when these have their room. */
function passesOf(
  whole: WholeService,
  taskSets: readonly Stored<"taskSet">[],
  deps: PassDependencies,
): readonly (TasksPass & { readonly id: string })[] {
  const passes = [];
  for (const taskSet of taskSets) {
    const pass = planTaskSet(whole, taskSet, deps);
    passes.push({ id: taskSet.value.taskSetId, ...pass });
    if (pass.places) break;
  }
  return passes;
}

function planTaskSet(whole: WholeService, taskSet: Stored<"taskSet">, deps: PassDependencies): TasksPass {
  const view = viewTaskSet(whole, taskSet, deps);
  if (view === undefined) return { ...nothing, writes: removals([taskSet]) };
  if (taskSet.value.status === "DRAINING") return planTaskSetEnd(view, taskSet);
  const pass = planTasks(view, deps);
  const completed = completedMessage(taskSet.value.taskSetId); // is said of deployments alone
  return { ...pass, messages: pass.messages.filter((message) => message !== completed) };
}

/** A task set as the loop sees a service: its share of the tasks, its own deployment, and no other. */
function viewTaskSet(
  { stored, snapshot, now }: WholeService,
  { value: taskSet }: Stored<"taskSet">,
  { settings }: PassDependencies,
): ServiceView | undefined {
  const primary = snapshot.get("deployment", taskSet.taskSetId);
  if (primary === undefined) return undefined;
  const value: Service = {
    ...stored.value,
    desiredCount: computedDesiredCount(stored.value, taskSet),
    primaryDeploymentId: taskSet.taskSetId,
  };
  const whole = viewWhole(snapshot, { ...stored, value }, { now, settings });
  const tasks = whole.tasks.filter(({ isCurrent }) => isCurrent);
  return { ...whole, primary, deployments: [primary], records: [], tasks };
}

/** A task set that is to go: its tasks first; once they are gone, it is as if it had never been. */
function planTaskSetEnd({ tasks, primary, now }: ServiceView, taskSet: Stored<"taskSet">): TasksPass {
  const stop = tasks
    .filter(isAlive)
    .slice(0, stopsPerPass)
    .map((task) => ({ task, cause: "scaling" as const }));
  const isGone = tasks.every(({ standing }) => standing === "stopped");
  const writes: readonly Write[] = isGone ? [...removals([taskSet]), ...removals([primary])] : stopWrites(stop, now);
  const messages = stop.length === 0 ? [] : [stoppedMessage(stop.map(({ task }) => task.stored.arn))];
  return { ...nothing, writes, messages };
}

const nothing = { messages: [], isSettled: false, places: false, next: "when-changed" } as const;

function soonest(all: readonly Next[]): Next {
  const seconds = all.flatMap((next) => (next === "when-changed" ? [] : [next.afterSeconds]));
  return seconds.length === 0 ? "when-changed" : { afterSeconds: Math.min(...seconds) };
}
