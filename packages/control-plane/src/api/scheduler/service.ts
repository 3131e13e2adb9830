import type { ServiceDefinition } from "../http/service-definition.ts";
import { validationWording } from "../http/validation-wording.ts";
import { limitsOf } from "../limits/read-limits.ts";

/** Amazon EventBridge Scheduler, as the front door serves it. */
export const schedulerService: ServiceDefinition = {
  sdkId: "Scheduler",
  signingName: "scheduler",
  protocol: "restJson1",
  paths: ["/schedules", "/schedule-groups"],
  wording: validationWording({
    validation: "ValidationException",
    unreadable: "ValidationException",
    notBuilt: "ValidationException",
    internal: "InternalServerException",
  }),
  async load() {
    const [sdk, { operations }, limits] = await Promise.all([
      import("@aws-sdk/client-scheduler"),
      import("./operations.ts"),
      limitsOf("scheduler"),
    ]);
    return { sdk, operations, limits };
  },
};
