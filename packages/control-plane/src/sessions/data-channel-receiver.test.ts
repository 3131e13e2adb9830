import type { DataMessage } from "@hatoba/contract";
import fc from "fast-check";
import { expect, test } from "vitest";
import { DataChannelReceiver } from "./data-channel-receiver.ts";

const message = (sequence: number, length = 1): DataMessage => ({
  type: "input_stream_data",
  sequence,
  flags: 0,
  messageId: "00000000-0000-4000-8000-000000000000",
  createdAt: 1,
  payloadType: 1,
  payload: new Uint8Array(length),
});

function receiver(take: (message: DataMessage) => boolean = () => true) {
  const taken: number[] = [];
  const acknowledged: number[] = [];
  const receiving = new DataChannelReceiver({
    take: (each) => {
      const isTaken = take(each);
      if (isTaken) taken.push(each.sequence);
      return isTaken;
    },
    acknowledge: ({ sequence }) => void acknowledged.push(sequence),
  });
  return { taken, acknowledged, receiving };
}

test("in any order and however often, each is taken once and in order, and what was taken is acknowledged", () => {
  const arrivals = fc
    .integer({ min: 1, max: 30 })
    .chain((count) => fc.tuple(fc.constant(count), fc.array(fc.nat(count - 1), { maxLength: 60 })));
  fc.assert(
    fc.property(arrivals, ([count, order]) => {
      const { taken, acknowledged, receiving } = receiver();
      const all = [...order, ...Array.from({ length: count }, (_, index) => index)];
      for (const sequence of all) receiving.receive(message(sequence));
      expect(taken).toEqual(Array.from({ length: count }, (_, index) => index));
      expect(new Set(acknowledged)).toEqual(new Set(taken));
    }),
  );
});

test("a repeated one is acknowledged again", () => {
  const { acknowledged, receiving } = receiver();
  receiving.receive(message(0));
  receiving.receive(message(0));
  expect(acknowledged).toEqual([0, 0]);
});

test("what cannot be taken now is neither lost nor acknowledged, and is taken later", () => {
  let open = false;
  const { taken, acknowledged, receiving } = receiver(() => open);
  receiving.receive(message(0));
  receiving.receive(message(1));
  receiving.receive(message(0));
  expect(acknowledged).toEqual([]);
  open = true;
  receiving.resume();
  expect([taken, acknowledged]).toEqual([
    [0, 1],
    [0, 1],
  ]);
});

test("what lies too far ahead, or is too much, is left to come again", () => {
  const { taken, receiving } = receiver();
  receiving.receive(message(5_000));
  for (let sequence = 1; sequence <= 40; sequence++) receiving.receive(message(sequence, 64 * 1024));
  receiving.receive(message(0, 64 * 1024));
  expect(taken).toEqual(Array.from({ length: 33 }, (_, index) => index));
});

test("the whole window of our own client has room while nothing is taken, and the end of the input behind it", () => {
  let open = false;
  const { taken, receiving } = receiver(() => open);
  for (let sequence = 0; sequence < 64; sequence++) receiving.receive(message(sequence, 16 * 1024));
  receiving.receive(message(64, 4));
  open = true;
  receiving.resume();
  expect(taken).toHaveLength(65);
});
