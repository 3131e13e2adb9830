import type { AwsEvent } from "../aws-event.ts";
import { completeEvent } from "../aws-event.ts";
import { type Deliver, DeliveryFailure } from "../delivery.ts";

/** @throws DeliveryFailure if the role may not */
export type RequirePut = (roleArn: string, busArn: string) => void;

/** Puts an event of the caller's own on the default bus; the input is its detail. Source: EventBridge Scheduler API, EventBridgeParameters. */
export const toEventBus =
  ({ put, requirePut }: { readonly put: (event: AwsEvent) => unknown; readonly requirePut: RequirePut }): Deliver =>
  async ({ event, eventBridge, target }, input) => {
    if (eventBridge === undefined)
      throw new DeliveryFailure("The target says nothing of the event.", { retriable: false });
    requirePut(target.RoleArn ?? "", target.Arn);
    const draft = {
      "detail-type": eventBridge.DetailType ?? "",
      source: eventBridge.Source ?? "",
      at: Date.parse(event.time),
      resources: [],
      detail: detailIn(target.Input === undefined ? "{}" : input),
    };
    await put(completeEvent(draft, { id: event.id, accountId: event.account, region: event.region }));
  };

function detailIn(input: string): Readonly<Record<string, unknown>> {
  try {
    const detail: unknown = JSON.parse(input);
    if (typeof detail === "object" && detail !== null && !Array.isArray(detail)) return { ...detail };
  } catch {
    // Said below.
  }
  throw new DeliveryFailure("The input of the target is no JSON object.", { retriable: false });
}
