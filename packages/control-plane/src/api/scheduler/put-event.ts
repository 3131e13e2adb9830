import { DeliveryFailure } from "../../events/delivery.ts";
import type { RequirePut } from "../../events/targets/event-bus.ts";
import { sessionOf } from "../events/run-task.ts";
import type { Call } from "../http/dispatch.ts";
import { HttpRefusal } from "../http/refusal.ts";
import type { ServiceDefinition } from "../http/service-definition.ts";
import type { OperationContext } from "../operation-context.ts";

/**
 * Asks whether a schedule's role may put events.
 * @param requireRight asks what the role may do; without it, everything
 */
export const mayPutEvents =
  ({
    context,
    events,
    requireRight,
  }: {
    readonly context: Omit<OperationContext, "caller">;
    /** EventBridge, as the front door serves it. */
    readonly events: ServiceDefinition;
    readonly requireRight?: (call: Call) => void;
  }): RequirePut =>
  (roleArn, busArn) => {
    const { requestId, endpoint } = context;
    const caller = sessionOf(roleArn, context);
    const input = { Entries: [{ EventBusName: busArn }] };
    try {
      requireRight?.({ caller, service: events, operation: "PutEvents", input, details: { requestId, endpoint } });
    } catch (error) {
      if (!(error instanceof HttpRefusal)) throw error;
      throw new DeliveryFailure(`PutEvents was refused: ${error.message}`, { retriable: false, cause: error });
    }
  };
