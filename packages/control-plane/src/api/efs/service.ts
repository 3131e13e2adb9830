import type { ServiceDefinition } from "../http/service-definition.ts";
import { validationWording } from "../http/validation-wording.ts";
import { limitsOf } from "../limits/read-limits.ts";
import type { EfsContext } from "./operation.ts";

/** Amazon EFS, as the front door serves it. */
export const efsService = (extras: Pick<EfsContext, "directories">): ServiceDefinition => ({
  extras,
  sdkId: "EFS",
  signingName: "elasticfilesystem",
  protocol: "restJson1",
  paths: ["/2015-02-01"],
  wording: validationWording({
    validation: "ValidationException",
    unreadable: "BadRequest",
    notBuilt: "BadRequest",
    internal: "InternalServerError",
  }),
  async load() {
    const [sdk, { operations }, limits] = await Promise.all([
      import("@aws-sdk/client-efs"),
      import("./operations.ts"),
      limitsOf("efs"),
    ]);
    return { sdk, operations, limits };
  },
});
