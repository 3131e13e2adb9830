import type * as sdk from "@aws-sdk/client-eventbridge";
import { ApiError } from "../api-error.ts";

type NameOf<C> = C extends new (
  ...args: never[]
) => infer E
  ? E extends sdk.EventBridgeServiceException
    ? E["name"]
    : never
  : never;
type Shapes = Omit<typeof sdk, "EventBridgeServiceException">;
/** Just what the EventBridge client can turn back into its exception classes, and the one of every service. */
export type EventsErrorName = { [K in keyof Shapes]: NameOf<Shapes[K]> }[keyof Shapes] | "ValidationException";

/** A failure of an EventBridge call that the caller is meant to read. */
export class EventsError extends ApiError {
  declare readonly name: EventsErrorName;
  constructor(name: EventsErrorName, message: string, options?: ErrorOptions) {
    super(name, message, options);
  }
}
