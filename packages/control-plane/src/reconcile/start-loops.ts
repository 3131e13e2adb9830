import type { Clock } from "../platform/clock.ts";
import type { IdSource } from "../platform/ids.ts";
import type { Logger } from "../platform/logger.ts";
import type { Settings } from "../settings.ts";
import type { Store } from "../store/store.ts";
import { AttachmentReconciler } from "./attachment/attachment-reconciler.ts";
import { CleanupReconciler } from "./cleanup/cleanup-reconciler.ts";
import { ContainerInstanceReconciler } from "./container-instance/container-instance-reconciler.ts";
import { DaemonReconciler } from "./daemon/daemon-reconciler.ts";
import { Controller } from "./loop/controller.ts";
import { ServiceReconciler } from "./service/service-reconciler.ts";
import { TaskReconciler } from "./task/task-reconciler.ts";

/** What the loops run on. */
export interface LoopDependencies {
  readonly store: Store;
  readonly clock: Clock;
  readonly ids: IdSource;
  readonly settings: Settings;
  readonly logger: Logger;
}

/** Starts every loop. `stop` begins no further pass and resolves when those under way have ended. */
export function startLoops(deps: LoopDependencies): { stop(): Promise<void> } {
  const reconcilers = [
    new ServiceReconciler(deps),
    new TaskReconciler(deps),
    new ContainerInstanceReconciler(deps),
    new AttachmentReconciler(deps),
    new DaemonReconciler(deps),
    new CleanupReconciler(deps),
  ];
  const controllers = reconcilers.map((reconciler) => new Controller({ ...deps, reconciler }));
  for (const controller of controllers) controller.start();
  return {
    async stop() {
      await Promise.all(controllers.map((controller) => controller.stop()));
    },
  };
}
