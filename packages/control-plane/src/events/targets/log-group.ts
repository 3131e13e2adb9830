import type { LogStore } from "../../log-store/log-store.ts";
import type { Clock } from "../../platform/clock.ts";
import { type Deliver, DeliveryFailure } from "../delivery.ts";

/**
 * Writes events into a log group, each rule's into a stream of its name. A transformed input that is just `timestamp` and
 * `message` says both itself. Source: EventBridge user guide, "CloudWatch Logs as a target".
 */
export const toLogGroup =
  ({ logStore, clock }: { readonly logStore: LogStore; readonly clock: Clock }): Deliver =>
  async ({ target, rule, event }, input) => {
    const group = target.Arn.replace(/^.*:log-group:/, "").replace(/:\*$/, "");
    if (logStore.group(group) === undefined) {
      throw new DeliveryFailure(`The log group ${group} does not exist.`, { retriable: false });
    }
    const now = clock.now();
    if (logStore.stream(group, rule.name) === undefined) await logStore.createStream(group, rule.name, now);
    const entry = entryOf(input) ?? { timestamp: Date.parse(event.time) || now, message: input };
    const isThere = await logStore.append(group, rule.name, [entry], now);
    if (!isThere) throw new DeliveryFailure(`The log stream ${group} ${rule.name} is gone.`, { retriable: true });
  };

function entryOf(input: string): { readonly timestamp: number; readonly message: string } | undefined {
  if (!input.includes('"message"')) return undefined;
  try {
    const { timestamp, message, ...rest } = JSON.parse(input) as Readonly<Record<string, unknown>>;
    if (typeof timestamp !== "number" || message === undefined || Object.keys(rest).length > 0) return undefined;
    return { timestamp, message: typeof message === "string" ? message : JSON.stringify(message) };
  } catch {
    return undefined;
  }
}
