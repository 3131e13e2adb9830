import { interruptSpotTask } from "./operations/interrupt-spot-task.ts";
import { listKeptVolumes } from "./operations/list-kept-volumes.ts";
import { rotateHouseKey } from "./operations/rotate-house-key.ts";
import { rotateSecret } from "./operations/rotate-secret.ts";

/** What the operator of a house can call, beside AWS's operations. */
export const operations = {
  InterruptSpotTask: interruptSpotTask,
  ListKeptVolumes: listKeptVolumes,
  RotateHouseKey: rotateHouseKey,
  RotateSecret: rotateSecret,
};
