import type { ServiceDefinition } from "../http/service-definition.ts";
import { limitsOf } from "../limits/read-limits.ts";
import type { CloudWatchContext } from "./operation.ts";
import { queryCodes } from "./query-codes.ts";
import { cloudWatchWording } from "./wording.ts";

/** Amazon CloudWatch, as the front door serves it: metrics. */
export const cloudWatchService = (extras: Pick<CloudWatchContext, "metrics" | "utilization">): ServiceDefinition => ({
  extras,
  sdkId: "CloudWatch",
  signingName: "monitoring",
  actionPrefix: "cloudwatch",
  protocol: "awsJson1_0",
  target: "GraniteServiceVersion20100801",
  wording: cloudWatchWording,
  queryCodes,
  async load() {
    const [sdk, { operations }, limits] = await Promise.all([
      import("@aws-sdk/client-cloudwatch"),
      import("./operations.ts"),
      limitsOf("cloudwatch"),
    ]);
    return { sdk, operations, limits };
  },
});
