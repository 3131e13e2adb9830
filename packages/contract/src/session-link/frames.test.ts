import fc from "fast-check";
import { expect, test } from "vitest";
import { decodeLinkFrame, encodeLinkFrame, type LinkFrame } from "./frames.ts";

const bytes = fc.uint8Array({ maxLength: 100 });
const frames: fc.Arbitrary<LinkFrame> = fc.oneof(
  fc.record({ kind: fc.constantFrom("input" as const, "output" as const, "errorOutput" as const), bytes }),
  fc.record({ kind: fc.constant("size" as const), cols: fc.nat(65_535), rows: fc.nat(65_535) }),
  fc.record({
    kind: fc.constantFrom("inputEnd" as const, "terminate" as const, "started" as const, "portRefused" as const),
  }),
  fc.record({ kind: fc.constant("exited" as const), exitCode: fc.integer({ min: -1, max: 255 }) }),
  fc.record({ kind: fc.constant("failed" as const), reason: fc.string({ unit: "grapheme" }) }),
  fc.record({ kind: fc.constant("credit" as const), bytes: fc.nat() }),
);

test("a frame comes out as it went in", () => {
  fc.assert(
    fc.property(frames, (frame) => {
      expect(decodeLinkFrame(encodeLinkFrame(frame))).toEqual(frame);
    }),
  );
});

test("what is no frame is undefined, and never throws", () => {
  fc.assert(
    fc.property(bytes, (message) => {
      const frame = decodeLinkFrame(message);
      // A reason that is no UTF-8 is read as far as it goes.
      if (frame !== undefined && frame.kind !== "failed") expect([...encodeLinkFrame(frame)]).toEqual([...message]);
    }),
    { examples: [[new Uint8Array()], [new Uint8Array([2, 1])], [new Uint8Array([99])]] },
  );
});
