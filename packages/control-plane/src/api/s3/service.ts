import type { ServiceDefinition } from "../http/service-definition.ts";
import { validationWording } from "../http/validation-wording.ts";
import { noLimits } from "../wire/limits.ts";

/**
 * Amazon S3 as rights know it. It is not served by the dispatcher: its bodies are streams, and its answers are of its own
 * kind (see attach.ts). Refusals of rights are named as in the query protocols.
 */
export const s3Service: ServiceDefinition = {
  sdkId: "S3",
  signingName: "s3",
  protocol: "awsQuery",
  wording: validationWording({
    validation: "InvalidArgument",
    unreadable: "MalformedXML",
    notBuilt: "NotImplemented",
    internal: "InternalError",
  }),
  async load() {
    const [sdk, { operations }] = await Promise.all([import("@aws-sdk/client-s3"), import("./operations.ts")]);
    return { sdk, operations: operations as never, limits: noLimits };
  },
};
