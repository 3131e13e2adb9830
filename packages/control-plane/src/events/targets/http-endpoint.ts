import type { CreateConnectionAuthRequestParameters } from "@aws-sdk/client-eventbridge";
import { apiDestinationKey, connectionKey, nameInArn } from "../../model/api-destination.ts";
import type { Store } from "../../store/store.ts";
import { type Deliver, DeliveryFailure } from "../delivery.ts";
import { httpRequest } from "./http-request.ts";

/** Source: EventBridge user guide, "API destinations": an endpoint has five seconds to answer. */
const answerWithinMs = 5_000;
/** Answers after which a call is made again, beside 5xx. Source: the same. */
const retriedStatuses = [401, 407, 409, 429];

/** Calls HTTP endpoints with events. @param open gives back what was sealed when the connection was made */
export const toHttpEndpoint =
  ({ store, open }: { readonly store: Store; readonly open: (sealed: string) => string }): Deliver =>
  async ({ target }, input) => {
    const snapshot = store.snapshot();
    const destination = snapshot.get("apiDestination", apiDestinationKey(nameInArn(target.Arn)))?.value;
    const isIt = destination?.arn === target.Arn || destination?.arn.startsWith(`${target.Arn}/`);
    if (destination === undefined || !isIt) {
      throw new DeliveryFailure(`There is no API destination ${target.Arn}.`, { retriable: false });
    }
    const connection = snapshot.get("eventConnection", connectionKey(nameInArn(destination.connectionArn)))?.value;
    if (connection?.arn !== destination.connectionArn) {
      throw new DeliveryFailure(`There is no connection ${destination.connectionArn}.`, { retriable: false });
    }
    const authorization = JSON.parse(open(connection.sealedParameters)) as CreateConnectionAuthRequestParameters;
    const { url, ...request } = httpRequest(destination, { target, input, authorization });
    const response = await call(url, request, destination.name);
    await response.body?.cancel();
    if (response.ok) return;
    throw new DeliveryFailure(`${destination.name} answered ${response.status}.`, {
      retriable: response.status >= 500 || retriedStatuses.includes(response.status),
      retryAfterMs: secondsIn(response.headers.get("retry-after")),
    });
  };

/** What goes wrong is named without the address, which may have secrets in its query. */
async function call(url: string, request: RequestInit, name: string): Promise<Response> {
  try {
    return await fetch(url, { ...request, redirect: "manual", signal: AbortSignal.timeout(answerWithinMs) });
  } catch (error) {
    const why = error instanceof Error && error.name === "TimeoutError" ? "does not answer" : "cannot be reached";
    throw new DeliveryFailure(`${name} ${why}.`, { retriable: true, cause: error });
  }
}

const secondsIn = (header: string | null): number | undefined =>
  header !== null && /^\d{1,6}$/.test(header) ? Number(header) * 1000 : undefined;
