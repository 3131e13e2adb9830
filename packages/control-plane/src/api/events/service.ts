import type { ServiceDefinition } from "../http/service-definition.ts";
import { validationWording } from "../http/validation-wording.ts";
import { limitsOf } from "../limits/read-limits.ts";
import type { EventsContext } from "./operation.ts";

/** Amazon EventBridge, as the front door serves it: rules of the default bus, and HTTP endpoints. */
export const eventsService = (extras: Pick<EventsContext, "bus" | "sealed">): ServiceDefinition => ({
  extras,
  sdkId: "EventBridge",
  signingName: "events",
  protocol: "awsJson1_1",
  target: "AWSEvents",
  wording: validationWording({
    validation: "ValidationException",
    unreadable: "SerializationException",
    notBuilt: "UnsupportedOperationException",
    internal: "InternalException",
  }),
  async load() {
    const [sdk, { operations }, limits] = await Promise.all([
      import("@aws-sdk/client-eventbridge"),
      import("./operations.ts"),
      limitsOf("events"),
    ]);
    return { sdk, operations, limits };
  },
});
