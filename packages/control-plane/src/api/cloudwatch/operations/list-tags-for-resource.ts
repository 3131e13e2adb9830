import { parseArn } from "@hatoba/contract";
import { CloudWatchError, invalidValue } from "../api-error.ts";
import type { Operation } from "../operation.ts";

/** Metrics have no tags, and nothing else is here that could have some. Source: CloudWatch API reference, ListTagsForResource. */
export const listTagsForResource: Operation<"ListTagsForResource"> = async ({ ResourceARN = "" }) => {
  if (parseArn(ResourceARN)?.service !== "cloudwatch") {
    throw invalidValue(`The value ${ResourceARN} for parameter ResourceARN is invalid.`);
  }
  throw new CloudWatchError("ResourceNotFoundException", `Resource ${ResourceARN} does not exist.`);
};
