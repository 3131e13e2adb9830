const kinds = [
  ["logs", /^arn:[^:]+:logs:[^:]*:[^:]*:log-group:[^:]+(:\*)?$/],
  ["http", /^arn:[^:]+:events:[^:]*:[^:]*:api-destination\/[^/]+(\/[^/]+)?$/],
  ["ecs", /^arn:[^:]+:ecs:[^:]*:[^:]*:cluster\/[^/]+$/],
] as const;

/** What events can be delivered to. */
export type TargetKind = (typeof kinds)[number][0];

/** What an ARN is as a target; undefined for what there is no delivery to. */
export const targetKindOf = (arn: string): TargetKind | undefined =>
  kinds.find(([, pattern]) => pattern.test(arn))?.[0];
