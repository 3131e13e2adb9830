import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ExecFrames } from "./exec-frames.ts";

const frame = (stream: number, content: Uint8Array) => {
  const head = Buffer.alloc(8);
  head[0] = stream;
  head.writeUInt32BE(content.length, 4);
  return Buffer.concat([head, content]);
};

describe("ExecFrames", () => {
  test("both streams come out whole, however the bytes arrive", () => {
    const content = fc.tuple(fc.constantFrom(1, 2), fc.uint8Array({ maxLength: 40 }));
    fc.assert(
      fc.property(fc.array(content), fc.array(fc.integer({ min: 1, max: 13 }), { minLength: 1 }), (parts, cuts) => {
        const wire = Buffer.concat(parts.map(([stream, bytes]) => frame(stream, bytes)));
        const frames = new ExecFrames();
        const out = { stdout: Buffer.alloc(0), stderr: Buffer.alloc(0) };
        for (let at = 0, turn = 0; at < wire.length; turn++) {
          const length = cuts[turn % cuts.length] ?? 1;
          for (const { from, bytes } of frames.split(wire.subarray(at, at + length)))
            out[from] = Buffer.concat([out[from], bytes]);
          at += length;
        }
        const of = (wanted: number) =>
          Buffer.concat(parts.filter(([stream]) => stream === wanted).map(([, bytes]) => bytes));
        expect(out.stdout.equals(of(1))).toBe(true);
        expect(out.stderr.equals(of(2))).toBe(true);
      }),
    );
  });
});
