import { interruptSpotTask } from "./operations/interrupt-spot-task.ts";

/** What the operator of a house can call, beside AWS's operations. */
export const operations = { InterruptSpotTask: interruptSpotTask };
