import type {
  ConnectionAuthResponseParameters,
  ConnectionHttpParameters,
  CreateConnectionAuthRequestParameters,
  UpdateConnectionAuthRequestParameters,
} from "@aws-sdk/client-eventbridge";
import { EventsError } from "./api-error.ts";

const invalid = (message: string) => new EventsError("ValidationException", message);

/** Kinds of authorization that a connection may have here. */
export type AuthorizationType = "BASIC" | "API_KEY";

/** Refuses what a connection lacks or may not have. @throws EventsError ValidationException */
export function requireParameters(
  type: string | undefined,
  parameters: CreateConnectionAuthRequestParameters | UpdateConnectionAuthRequestParameters | undefined,
): { readonly type: AuthorizationType; readonly parameters: CreateConnectionAuthRequestParameters } {
  if (type !== "BASIC" && type !== "API_KEY") {
    throw invalid(
      `Hatoba authorises calls of HTTP endpoints with BASIC and API_KEY, and not with ${type ?? "nothing"}.`,
    );
  }
  const wanted = type === "BASIC" ? "BasicAuthParameters" : "ApiKeyAuthParameters";
  const given = parameters?.[wanted];
  if (parameters === undefined || given === undefined) {
    throw invalid(`Authorization type ${type} requires ${wanted}.`);
  }
  if (parameters.ConnectivityParameters !== undefined) throw invalid("Hatoba has no private connections.");
  return { type, parameters: parameters as CreateConnectionAuthRequestParameters };
}

/** What may be shown: names and what is not marked as secret. Source: EventBridge API reference, DescribeConnection. */
export function shownParameters({
  BasicAuthParameters: basic,
  ApiKeyAuthParameters: key,
  InvocationHttpParameters: http,
}: CreateConnectionAuthRequestParameters): ConnectionAuthResponseParameters {
  return {
    ...(basic === undefined ? {} : { BasicAuthParameters: { Username: basic.Username } }),
    ...(key === undefined ? {} : { ApiKeyAuthParameters: { ApiKeyName: key.ApiKeyName } }),
    ...(http === undefined ? {} : { InvocationHttpParameters: shownHttp(http) }),
  };
}

interface Parameter {
  readonly Key?: string | undefined;
  readonly Value?: string | undefined;
  readonly IsValueSecret?: boolean | undefined;
}
const shown = (parameters: readonly Parameter[] | undefined) =>
  parameters?.map(({ Value, ...rest }) => (rest.IsValueSecret === true ? rest : { ...rest, Value }));

const shownHttp = (http: ConnectionHttpParameters): ConnectionHttpParameters =>
  JSON.parse(
    JSON.stringify({
      HeaderParameters: shown(http.HeaderParameters),
      QueryStringParameters: shown(http.QueryStringParameters),
      BodyParameters: shown(http.BodyParameters),
    }),
  ) as ConnectionHttpParameters;
