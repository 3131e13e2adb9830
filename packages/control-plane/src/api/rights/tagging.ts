import { effectiveSetting, rootArn } from "../ecs/account-settings.ts";
import type { OperationName } from "../ecs/operation.ts";
import { type Input, type RightsOf, type Scope, structuresIn } from "./right.ts";

/** Whether the account has switched the right to tag off. Source: ECS developer guide, "Tagging authorization". */
const isTaggingFree = ({ place, snapshot }: Scope): boolean =>
  effectiveSetting(snapshot, "tagResourceAuthorization", { ...place, arn: rootArn(place) }) === "off";

/** The right to tag what a call makes, if it makes it with tags. Source: ECS developer guide, "Tagging authorization". */
export const taggingOf =
  (createAction: OperationName, resourceOf: (input: Input, scope: Scope) => string): RightsOf =>
  (input, scope) =>
    structuresIn(input, "tags").length === 0 || isTaggingFree(scope)
      ? []
      : [{ action: "ecs:TagResource", resource: resourceOf(input, scope), keys: { "ecs:CreateAction": createAction } }];
