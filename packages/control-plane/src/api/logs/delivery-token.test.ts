import { expect, test } from "vitest";
import { deliveryOf } from "./delivery-token.ts";

test.each([
  ["hatoba/0b9f-1/12", { source: "0b9f-1", number: 12 }],
  ["49000000000000000000000000000000000000000000000000000000", undefined],
  ["hatoba//1", undefined],
  ["hatoba/a/-1", undefined],
  [undefined, undefined],
])("%s", (token, delivery) => {
  expect(deliveryOf(token)).toEqual(delivery);
});
