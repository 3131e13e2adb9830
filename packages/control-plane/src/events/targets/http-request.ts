import type { ConnectionHttpParameters, CreateConnectionAuthRequestParameters } from "@aws-sdk/client-eventbridge";
import type { ApiDestination } from "../../model/api-destination.ts";
import type { RuleTarget } from "../../model/event-rule.ts";

/** A call of an HTTP endpoint, ready to be made. */
export interface HttpRequest {
  readonly url: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Absent for methods that have none. */
  readonly body?: string;
}

type Parameters = NonNullable<ConnectionHttpParameters["HeaderParameters"]>;
const entries = (parameters: Parameters | undefined) =>
  (parameters ?? []).map(({ Key = "", Value = "" }) => [Key, Value] as const);

/**
 * The call that an event becomes: the target's own parameters, over which the connection's stand, and its authorization.
 * Source: EventBridge user guide, "API destinations" and "Connections".
 */
export function httpRequest(
  { invocationEndpoint, httpMethod }: Pick<ApiDestination, "invocationEndpoint" | "httpMethod">,
  {
    target,
    input,
    authorization,
  }: {
    readonly target: RuleTarget;
    readonly input: string;
    readonly authorization: CreateConnectionAuthRequestParameters;
  },
): HttpRequest {
  const { HeaderParameters = {}, QueryStringParameters = {}, PathParameterValues = [] } = target.HttpParameters ?? {};
  const { InvocationHttpParameters: common = {} } = authorization;
  const values = [...PathParameterValues];
  const url = new URL(invocationEndpoint.replaceAll("*", () => encodeURIComponent(values.shift() ?? "*")));
  for (const [name, value] of Object.entries(QueryStringParameters)) url.searchParams.set(name, value);
  for (const [name, value] of entries(common.QueryStringParameters)) url.searchParams.set(name, value);
  const headers = lowerCased([
    ["content-type", "application/json; charset=utf-8"],
    ["user-agent", "Amazon/EventBridge/ApiDestinations"],
    ...Object.entries(HeaderParameters),
    ...entries(common.HeaderParameters),
    ...authorizationHeader(authorization),
  ]);
  const hasBody = !["GET", "HEAD"].includes(httpMethod);
  return {
    url: url.href,
    method: httpMethod,
    headers,
    ...(hasBody ? { body: withBodyParameters(input, entries(common.BodyParameters)) } : {}),
  };
}

const lowerCased = (pairs: readonly (readonly [string, string])[]) =>
  Object.fromEntries(pairs.map(([name, value]) => [name.toLowerCase(), value]));

function authorizationHeader({
  BasicAuthParameters: basic,
  ApiKeyAuthParameters: key,
}: CreateConnectionAuthRequestParameters): readonly (readonly [string, string])[] {
  if (basic !== undefined) {
    const pair = Buffer.from(`${basic.Username ?? ""}:${basic.Password ?? ""}`).toString("base64");
    return [["authorization", `Basic ${pair}`]];
  }
  return key === undefined ? [] : [[key.ApiKeyName ?? "", key.ApiKeyValue ?? ""]];
}

/** They are members of the body, if that is an object. */
function withBodyParameters(input: string, parameters: readonly (readonly [string, string])[]): string {
  if (parameters.length === 0) return input;
  try {
    const body: unknown = JSON.parse(input);
    if (typeof body !== "object" || body === null || Array.isArray(body)) return input;
    return JSON.stringify({ ...body, ...Object.fromEntries(parameters) });
  } catch {
    return input;
  }
}
