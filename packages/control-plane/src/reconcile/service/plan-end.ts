import type { Service } from "../../model/service.ts";
import type { Write } from "../../store/store.ts";
import { recordsEnd } from "./deployment-record.ts";
import { stoppedMessage } from "./service-events.ts";
import { isAlive } from "./service-tasks.ts";
import type { WholeService } from "./service-view.ts";
import { eventsWrite, type PassDependencies, removals } from "./service-writes.ts";
import { stopWrites } from "./stop-tasks.ts";

/** The most tasks that one pass stops, so that no commit becomes too large. */
export const stopsPerPass = 200;

/** A service that is to go: its tasks first; then it is INACTIVE and has no deployments. Source: ECS API reference, DeleteService. */
export function planEnd(view: WholeService, deps: PassDependencies): readonly Write[] {
  const { stored, now } = view;
  const alive = view.tasks.filter(isAlive);
  if (alive.length > 0) {
    const stop = alive.slice(0, stopsPerPass).map((task) => ({ task, cause: "scaling" as const }));
    const events = eventsWrite(view, [stoppedMessage(stop.map(({ task }) => task.stored.arn))], deps);
    return [...stopWrites(stop, now), ...events];
  }
  const value: Service = { ...stored.value, status: "INACTIVE", desiredCount: 0, inactiveAt: now };
  return [
    { kind: "service", arn: stored.arn, expected: stored.revision, value },
    ...removals(view.deployments),
    ...removals(view.snapshot.list("taskSet", { serviceArn: stored.arn })),
    ...recordsEnd(view),
  ];
}
