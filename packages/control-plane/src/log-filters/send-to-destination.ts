import { type Deliver, DeliveryFailure } from "../events/delivery.ts";

/** An endpoint has so long to answer, as EventBridge's have. */
const answerWithinMs = 5_000;
const retriedStatuses = [401, 407, 408, 409, 429];

/** Whether log events can be sent there by its address alone. */
export const isAddress = (destination: string): boolean => {
  const url = URL.parse(destination);
  return url !== null && ["http:", "https:"].includes(url.protocol) && url.username === "";
};

/** Sends log events to addresses, and to API destinations of EventBridge. @param toApiDestination how those are called */
export const sendToDestination =
  (toApiDestination: Deliver): Deliver =>
  async (delivery, input) => {
    const { Arn } = delivery.target;
    if (!isAddress(Arn)) return toApiDestination(delivery, input);
    const response = await call(Arn, input);
    await response.body?.cancel();
    if (response.ok) return;
    throw new DeliveryFailure(`The destination answered ${response.status}.`, {
      retriable: response.status >= 500 || retriedStatuses.includes(response.status),
    });
  };

/** What goes wrong is named without the address, which may have secrets in its query. */
async function call(url: string, body: string): Promise<Response> {
  try {
    const headers = { "content-type": "application/json", "user-agent": "Amazon/CloudWatchLogs" };
    const signal = AbortSignal.timeout(answerWithinMs);
    return await fetch(url, { method: "POST", headers, body, redirect: "manual", signal });
  } catch (error) {
    const why = error instanceof Error && error.name === "TimeoutError" ? "does not answer" : "cannot be reached";
    throw new DeliveryFailure(`The destination ${why}.`, { retriable: true, cause: error });
  }
}
