import { ecsWording } from "../ecs/wording.ts";
import type { ServiceDefinition } from "../http/service-definition.ts";
import { noLimits } from "../wire/limits.ts";

/**
 * What whoever runs the house can do that AWS keeps to itself; as calls of ECS by another target, and with rights that are
 * called like those of ECS. The shapes are those of StopTask.
 */
export const operatorService: ServiceDefinition = {
  sdkId: "Hatoba",
  signingName: "ecs",
  protocol: "awsJson1_1",
  target: "Hatoba",
  wording: ecsWording,
  async load() {
    const [{ StopTaskRequest$, StopTaskResponse$ }, { operations }] = await Promise.all([
      import("@aws-sdk/client-ecs"),
      import("./operations.ts"),
    ]);
    const InterruptSpotTask$ = [9, "hatoba", "InterruptSpotTask", 0, StopTaskRequest$, StopTaskResponse$];
    return { sdk: { InterruptSpotTask$ }, operations, limits: noLimits };
  },
};
