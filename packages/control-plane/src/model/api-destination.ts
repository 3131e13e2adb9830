import type { ConnectionAuthResponseParameters } from "@aws-sdk/client-eventbridge";

/** How calls of HTTP endpoints are authorised, as stored; keyed by `connectionKey`. Written by operations. Times are epoch milliseconds. */
export interface EventConnection {
  readonly name: string;
  readonly arn: string;
  readonly description?: string;
  readonly authorizationType: "BASIC" | "API_KEY";
  /** What may be shown of the parameters: no password, no key, no value that is marked as secret. */
  readonly shownParameters: ConnectionAuthResponseParameters;
  /** All of them as JSON, sealed with the house's key. */
  readonly sealedParameters: string;
  readonly createdAt: number;
  readonly modifiedAt: number;
  readonly authorizedAt: number;
}

/** An HTTP endpoint that events are sent to, as stored; keyed by `apiDestinationKey`. Written by operations. */
export interface ApiDestination {
  readonly name: string;
  readonly arn: string;
  readonly description?: string;
  readonly connectionArn: string;
  /** May have `*` where a target's path parameters go. */
  readonly invocationEndpoint: string;
  readonly httpMethod: "POST" | "GET" | "HEAD" | "OPTIONS" | "PUT" | "PATCH" | "DELETE";
  readonly invocationRateLimitPerSecond: number;
  /** Epoch milliseconds. */
  readonly createdAt: number;
  readonly modifiedAt: number;
}

export const connectionKey = (name: string): string => `event-connection/${name}`;
export const apiDestinationKey = (name: string): string => `api-destination/${name}`;

/** The name in an ARN as `arn:aws:events:…:connection/NAME/ID`. */
export const nameInArn = (arn: string): string => arn.split("/")[1] ?? "";
