import type { ServiceDefinition } from "../http/service-definition.ts";
import { limitsOf } from "../limits/read-limits.ts";
import { extraMembers } from "./extra-members.ts";
import { ecsWording } from "./wording.ts";

/** Amazon ECS, as the front door serves it. */
export const ecsService: ServiceDefinition = {
  sdkId: "ECS",
  signingName: "ecs",
  protocol: "awsJson1_1",
  target: "AmazonEC2ContainerServiceV20141113",
  eager: true,
  extraMembers,
  wording: ecsWording,
  async load() {
    const [sdk, { operations }, limits] = await Promise.all([
      import("@aws-sdk/client-ecs"),
      import("./operations.ts"),
      limitsOf("ecs"),
    ]);
    return { sdk, operations, limits };
  },
};
