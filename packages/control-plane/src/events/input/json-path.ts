type Steps = readonly (string | number)[];

/**
 * Reads the JSON paths that EventBridge knows: `$`, `$.detail.name`, `$.resources[0]`, `$['detail-type']`.
 * Undefined for any other. Source: EventBridge user guide, "Input transformation".
 */
export function parseJsonPath(path: string): Steps | undefined {
  if (!path.startsWith("$")) return undefined;
  const steps: (string | number)[] = [];
  const step = /\.([\w-]+)|\[(\d+)\]|\['([^']+)'\]|\["([^"]+)"\]/y;
  step.lastIndex = 1;
  while (step.lastIndex < path.length) {
    const found = step.exec(path);
    if (found === null) return undefined;
    const [, dotted, index, single, double] = found;
    steps.push(index === undefined ? (dotted ?? single ?? double ?? "") : Number(index));
  }
  return steps;
}

/** What stands there; undefined if nothing does. */
export function valueAt(value: unknown, steps: Steps): unknown {
  let found = value;
  for (const step of steps) {
    if (typeof found !== "object" || found === null || !Object.hasOwn(found, step)) return undefined;
    found = (found as Readonly<Record<string | number, unknown>>)[step];
  }
  return found;
}
