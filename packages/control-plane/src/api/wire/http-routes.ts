/** An operation's method, path and status as the SDK's `http` trait has them. */
export interface HttpTrait {
  readonly method: string;
  /** As `/file-systems/{FileSystemId}/policy`; a label is one segment. */
  readonly path: string;
  /** Of an answer that went well. */
  readonly status: number;
}

/** The operation that a method and path stand for, and what the path says for each of its labels, decoded. */
export interface RoutedCall {
  readonly operation: string;
  readonly labels: Readonly<Record<string, string>>;
}
export type HttpRoutes = (method: string, path: string) => RoutedCall | undefined;

/** The `http` trait of an operation's static schema, if it has one. */
export function httpTraitOf(traits: unknown): HttpTrait | undefined {
  const trait = typeof traits === "object" && traits !== null && "http" in traits ? traits.http : undefined;
  if (!Array.isArray(trait)) return undefined;
  const [method, path, status] = trait as unknown as readonly [string, string, number];
  return { method, path, status };
}

interface Route extends Pick<RoutedCall, "operation"> {
  readonly method: string;
  readonly segments: readonly Segment[];
}
type Segment = { readonly label: string } | { readonly text: string };

/**
 * Reads method and path of each operation off an SDK client module (its exports named `CreateFileSystem$`). Where two fit,
 * the one that spells out more of the path is meant.
 */
export function httpRoutes(sdk: Readonly<Record<string, unknown>>): HttpRoutes {
  const routes = Object.values(sdk)
    .flatMap(routeOf)
    .toSorted((a, b) => labelCount(a) - labelCount(b));
  return (method, path) => {
    const given = path.split("/").slice(1);
    for (const route of routes) {
      const labels = route.method === method ? fit(route.segments, given) : undefined;
      if (labels !== undefined) return { operation: route.operation, labels };
    }
    return undefined;
  };
}

function routeOf(schema: unknown): Route[] {
  if (!Array.isArray(schema) || schema[0] !== 9 || typeof schema[2] !== "string") return [];
  const trait = httpTraitOf(schema[3]);
  if (trait === undefined) return [];
  const segments = trait.path
    .split("/")
    .slice(1)
    .map((text) => (text.startsWith("{") ? { label: text.slice(1, -1) } : { text }));
  return [{ operation: schema[2], method: trait.method, segments }];
}

const labelCount = ({ segments }: Route) => segments.filter((segment) => "label" in segment).length;

/** The labels, or undefined if the path is another one. An empty segment is no value for a label. */
function fit(segments: readonly Segment[], given: readonly string[]): Record<string, string> | undefined {
  if (segments.length !== given.length) return undefined;
  const labels: Record<string, string> = {};
  for (const [index, segment] of segments.entries()) {
    const text = decoded(given[index] ?? "");
    if (text === undefined) return undefined;
    if ("text" in segment ? segment.text !== text : text === "") return undefined;
    if ("label" in segment) labels[segment.label] = text;
  }
  return labels;
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined; // a stray per cent sign
  }
}
