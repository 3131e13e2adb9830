import type { RuleTarget } from "../model/event-rule.ts";
import type { AwsEvent } from "./aws-event.ts";
import type { ActiveRule } from "./rule-book.ts";

/** One event on its way to one target of a rule. */
export interface Delivery {
  readonly event: AwsEvent;
  readonly rule: Pick<ActiveRule, "arn" | "name">;
  readonly target: RuleTarget;
  /** When the event came; epoch milliseconds. */
  readonly ingestedAt: number;
  /** Who starts tasks, where it is not a rule. */
  readonly startedBy?: string;
  /** What kind of event a bus gets. */
  readonly eventBridge?: { readonly DetailType: string | undefined; readonly Source: string | undefined };
}

/** Hands an event to a target; `input` is what the target is to get. Rejects if that did not go well. */
export type Deliver = (delivery: Delivery, input: string) => Promise<void>;

/** A target did not take an event. Anything else that is thrown counts as one that may be tried again. */
export class DeliveryFailure extends Error {
  override readonly name = "DeliveryFailure";
  /** Whether trying again can help. */
  readonly retriable: boolean;
  /** How long the target asks to be left alone, in milliseconds. */
  readonly retryAfterMs: number | undefined;

  constructor(
    message: string,
    options: ErrorOptions & { readonly retriable: boolean; readonly retryAfterMs?: number | undefined },
  ) {
    super(message, options);
    this.retriable = options.retriable;
    this.retryAfterMs = options.retryAfterMs;
  }
}

/** Source: EventBridge user guide, "Retrying event delivery": 24 hours and 185 times. */
const usual = { ageSeconds: 24 * 60 * 60, attempts: 185 } as const;
const policyOf = ({ RetryPolicy = {} }: RuleTarget) => ({
  attempts: RetryPolicy.MaximumRetryAttempts ?? usual.attempts,
  ageMs: (RetryPolicy.MaximumEventAgeInSeconds ?? usual.ageSeconds) * 1000,
});

/** Whether an event is older than its target wants any: it is not tried then. */
export const isTooOld = ({ target, ingestedAt }: Delivery, now: number): boolean =>
  now - ingestedAt > policyOf(target).ageMs;

const pauses = { firstMs: 1_000, longestMs: 15 * 60_000 } as const;

/**
 * How long to wait before a failed delivery is tried again, in milliseconds; undefined if it is given up.
 * @param attempts made so far, from 1
 */
export function nextAttempt(
  delivery: Delivery,
  { error, attempts, now }: { readonly error: unknown; readonly attempts: number; readonly now: number },
): number | undefined {
  if (error instanceof DeliveryFailure && !error.retriable) return undefined;
  if (attempts > policyOf(delivery.target).attempts) return undefined;
  const asked = error instanceof DeliveryFailure ? error.retryAfterMs : undefined;
  const pause = Math.max(asked ?? 0, Math.min(pauses.firstMs * 2 ** (attempts - 1), pauses.longestMs));
  return isTooOld(delivery, now + pause) ? undefined : pause;
}
