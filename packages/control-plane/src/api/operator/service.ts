import type { SealedTexts } from "../../credentials/sealed-text.ts";
import type { KeyRotation } from "../../key-rotation/key-rotation.ts";
import { ecsWording } from "../ecs/wording.ts";
import type { ServiceDefinition } from "../http/service-definition.ts";
import { noLimits } from "../wire/limits.ts";

/**
 * What whoever runs the house can do that AWS keeps to itself; as calls of ECS by another target, and with rights that are
 * called like those of ECS. The shapes of InterruptSpotTask are those of StopTask.
 */
export const operatorService = (extras: {
  readonly keyRotation: Pick<KeyRotation, "rotate">;
  readonly sealedSecrets: SealedTexts;
}): ServiceDefinition => ({
  extras,
  sdkId: "Hatoba",
  signingName: "ecs",
  protocol: "awsJson1_1",
  target: "Hatoba",
  wording: ecsWording,
  async load() {
    const [
      { StopTaskRequest$, StopTaskResponse$ },
      { operations },
      { ListKeptVolumes$ },
      { RotateHouseKey$ },
      { RotateSecret$ },
    ] = await Promise.all([
      import("@aws-sdk/client-ecs"),
      import("./operations.ts"),
      import("./operations/list-kept-volumes.ts"),
      import("./operations/rotate-house-key.ts"),
      import("./operations/rotate-secret.ts"),
    ]);
    const InterruptSpotTask$ = [9, "hatoba", "InterruptSpotTask", 0, StopTaskRequest$, StopTaskResponse$];
    return {
      sdk: { InterruptSpotTask$, ListKeptVolumes$, RotateHouseKey$, RotateSecret$ },
      operations,
      limits: noLimits,
    };
  },
});
