import type { Delivery } from "../../log-store/log-store.ts";

/** Which delivery of its sender a batch is, as our agents say it in the sequence token; others' tokens say nothing. */
export function deliveryOf(sequenceToken: string | undefined): Delivery | undefined {
  const [, source, number] = /^hatoba\/([\w-]{1,64})\/(\d{1,15})$/.exec(sequenceToken ?? "") ?? [];
  return source === undefined ? undefined : { source, number: Number(number) };
}
