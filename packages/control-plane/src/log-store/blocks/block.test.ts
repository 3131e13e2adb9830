import fc from "fast-check";
import { expect, test } from "vitest";
import { type BlockEvent, decodeBlock, encodeBlock, eventsOf, messagesOf } from "./block.ts";
import { eventsWith, mayContain } from "./find-needles.ts";
import { NumberReader, NumberWriter } from "./varint.ts";

test("numbers come back, of either sign, up to the largest whole ones", () => {
  const half = Math.floor(Number.MAX_SAFE_INTEGER / 2);
  fc.assert(
    fc.property(fc.array(fc.oneof(fc.nat(300), fc.maxSafeInteger().map(Math.abs))), (numbers) => {
      const writer = new NumberWriter(8);
      for (const number of numbers) {
        writer.write(number);
        writer.writeSigned(-Math.min(number, half));
      }
      const reader = new NumberReader(writer.written);
      for (const number of numbers) {
        expect(reader.read()).toBe(number);
        expect(reader.readSigned()).toBe(0 - Math.min(number, half));
      }
      expect(() => reader.read()).toThrow(RangeError);
    }),
  );
});

const event: fc.Arbitrary<BlockEvent> = fc.record({
  streamId: fc.nat(9),
  timestamp: fc.integer({ min: 0, max: 2 ** 42 }),
  sequence: fc.integer({ min: 1, max: 2 ** 50 }),
  ingestedAt: fc.integer({ min: 0, max: 2 ** 42 }),
  message: fc.string({ unit: "grapheme", maxLength: 9 }),
});

test("events come back as they were, in their order", () => {
  fc.assert(
    fc.property(fc.array(event), (events) => {
      const back = eventsOf(decodeBlock(encodeBlock(events)));
      expect(back.map((one) => ({ ...one, message: String(one.message) }))).toEqual(events);
      expect(messagesOf(encodeBlock(events)).toString()).toBe(events.map(({ message }) => String(message)).join(""));
    }),
  );
});

test("texts are found in the events that have them, and never over the edge of two", () => {
  const letters = fc.string({ unit: fc.constantFrom("a", "b"), maxLength: 5 });
  const needle = fc.string({ unit: fc.constantFrom("a", "b"), minLength: 1, maxLength: 3 });
  fc.assert(
    fc.property(fc.array(letters), fc.array(needle, { minLength: 1, maxLength: 2 }), (messages, needles) => {
      const encoded = encodeBlock(
        messages.map((message) => ({ streamId: 1, timestamp: 1, sequence: 1, ingestedAt: 1, message })),
      );
      const bytes = needles.map((one) => Buffer.from(one));
      const expected = messages.flatMap((message, at) => (needles.every((one) => message.includes(one)) ? at : []));
      expect([...(eventsWith(decodeBlock(encoded), bytes) ?? [])]).toEqual(expected);
      if (expected.length > 0) expect(mayContain(messagesOf(encoded), bytes)).toBe(true);
    }),
  );
});
