import type { ServiceDefinition } from "../http/service-definition.ts";
import { validationWording } from "../http/validation-wording.ts";
import { limitsOf } from "../limits/read-limits.ts";

/** AWS IAM, as the front door serves it: the roles of tasks and what they allow. */
export const iamService: ServiceDefinition = {
  sdkId: "IAM",
  signingName: "iam",
  protocol: "awsQuery",
  version: "2010-05-08",
  xmlNamespace: "https://iam.amazonaws.com/doc/2010-05-08/",
  wording: validationWording({
    validation: "ValidationError",
    unreadable: "MalformedInput",
    notBuilt: "UnsupportedOperation",
    internal: "ServiceFailure",
  }),
  async load() {
    const [sdk, { operations }, limits] = await Promise.all([
      import("@aws-sdk/client-iam"),
      import("./operations.ts"),
      limitsOf("iam"),
    ]);
    return { sdk, operations, limits };
  },
};
