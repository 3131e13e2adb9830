import { literally, type Pattern, patternOf } from "./wildcard.ts";

/**
 * What is known of a request, by condition key in lower case, as `aws:sourceip`: its values, or undefined for what the
 * request does not have. An empty list is a list that is empty.
 */
export type RequestContext = (key: string) => readonly string[] | undefined;

/** A text of a policy, with its variables still open. */
export type PolicyText = readonly (
  | { readonly pattern: Pattern; readonly text: string }
  | { readonly variable: string; readonly fallback?: string }
)[];

/**
 * Takes apart a text of a policy: `${aws:username}` and `${aws:PrincipalTag/team, 'none'}` stand for values of the request;
 * `${*}`, `${?}` and `${$}` for those signs. Older policies, of before 2012-10-17, know no variables.
 * Source: IAM user guide, "IAM policy elements: Variables and tags".
 */
export function policyText(text: string, { variables }: { readonly variables: boolean }): PolicyText {
  if (!variables || !text.includes("${")) return [{ pattern: patternOf(text), text }];
  return text.split(/(\$\{[^}]*\})/).flatMap((part, index): PolicyText => {
    if (index % 2 === 0) return part === "" ? [] : [{ pattern: patternOf(part), text: part }];
    const inside = part.slice(2, -1).trim();
    if (inside === "*" || inside === "?" || inside === "$") return [{ pattern: literally(inside), text: inside }];
    const [, name = inside, fallback] = /^([^,]*?)\s*,\s*'(.*)'$/.exec(inside) ?? [];
    return [{ variable: name.toLowerCase(), ...(fallback === undefined ? {} : { fallback }) }];
  });
}

/** The text with the request's values in place; undefined if the request has none for one of its variables. */
export function resolveText(text: PolicyText, context: RequestContext): string | undefined {
  const parts = text.map((part) => ("variable" in part ? valueOf(part, context) : part.text));
  return parts.includes(undefined) ? undefined : parts.join("");
}

/** As `resolveText`, as a pattern; wildcards in the request's values are signs like others. */
export function resolvePattern(text: PolicyText, context: RequestContext): Pattern | undefined {
  const [only] = text;
  if (only !== undefined && text.length === 1 && "pattern" in only) return only.pattern;
  const parts = text.map((part) => {
    if (!("variable" in part)) return part.pattern;
    const value = valueOf(part, context);
    return value === undefined ? undefined : literally(value);
  });
  return parts.includes(undefined) ? undefined : parts.flatMap((part) => part ?? []);
}

/** A variable stands for a key of one value. */
function valueOf(
  { variable, fallback }: { readonly variable: string; readonly fallback?: string },
  context: RequestContext,
): string | undefined {
  const values = context(variable) ?? [];
  return values.length === 1 ? values[0] : fallback;
}
