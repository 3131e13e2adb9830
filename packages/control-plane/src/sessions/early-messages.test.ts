import { expect, test } from "vitest";
import { EarlyMessages } from "./early-messages.ts";

const sizes = (messages: readonly Uint8Array[]) => messages.map(({ length }) => length);

test("the window of a client that comes back has room, a flood has not", () => {
  const early = new EarlyMessages();
  const message = new Uint8Array(120 + 16 * 1024);
  for (let count = 0; count < 64; count++) early.add(message);
  for (let count = 0; count < 100; count++) early.add(new Uint8Array(512 * 1024));
  expect(sizes(early.take())).toEqual(Array.from({ length: 64 }, () => message.length));
  const many = new EarlyMessages();
  for (let count = 0; count < 10_000; count++) many.add(new Uint8Array(1));
  expect(many.take()).toHaveLength(4_096);
});

test("after it was taken nothing is kept", () => {
  const early = new EarlyMessages();
  early.add(new Uint8Array(3));
  expect(sizes(early.take())).toEqual([3]);
  early.add(new Uint8Array(3));
  expect(early.take()).toEqual([]);
});
