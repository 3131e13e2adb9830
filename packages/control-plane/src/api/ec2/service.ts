import type { ServiceDefinition } from "../http/service-definition.ts";
import { limitsOf } from "../limits/read-limits.ts";
import { ec2Wording } from "./wording.ts";

/** Amazon EC2, as far as there is one. Its SDK is large, so it is brought in with the first request. */
export const ec2Service: ServiceDefinition = {
  sdkId: "EC2",
  signingName: "ec2",
  protocol: "ec2Query",
  version: "2016-11-15",
  xmlNamespace: "http://ec2.amazonaws.com/doc/2016-11-15/",
  wording: ec2Wording,
  async load() {
    const [sdk, { operations }, limits] = await Promise.all([
      import("@aws-sdk/client-ec2"),
      import("./operations.ts"),
      limitsOf("ec2"),
    ]);
    return { sdk, operations, limits };
  },
};
