import { type Deliver, DeliveryFailure } from "../delivery.ts";
import { type TargetKind, targetKindOf } from "./target-kind.ts";

/** Hands each delivery to what its target's ARN stands for. */
export const toTarget =
  (targets: Readonly<Record<TargetKind, Deliver>>): Deliver =>
  async (delivery, input) => {
    const kind = targetKindOf(delivery.target.Arn);
    if (kind === undefined) {
      throw new DeliveryFailure(`There is no delivery to ${delivery.target.Arn}.`, { retriable: false });
    }
    await targets[kind](delivery, input);
  };
