import { type RightsOf, textIn } from "./right.ts";

/**
 * What calls of CloudWatch need; what is not in here needs its action on `*`.
 * Source: Service Authorization Reference, "Amazon CloudWatch".
 */
export const cloudWatchRights: Readonly<Partial<Record<string, RightsOf>>> = {
  PutMetricData: (input) => [{ resource: "*", keys: { "cloudwatch:namespace": textIn(input, "Namespace") } }],
  ListTagsForResource: (input) => [{ resource: textIn(input, "ResourceARN") ?? "*" }],
};
