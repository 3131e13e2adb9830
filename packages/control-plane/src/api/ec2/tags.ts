import type { Tag as Ec2Tag } from "@aws-sdk/client-ec2";
import type { Tag } from "@aws-sdk/client-ecs";

/** Tags as EC2 spells them. */
export const describeTags = (tags: readonly Tag[]): Ec2Tag[] =>
  tags.map(({ key = "", value = "" }) => ({ Key: key, Value: value }));
