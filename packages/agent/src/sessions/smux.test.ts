import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { encodeSmux, type SmuxCommand, SmuxDecoder, SmuxError } from "./smux.ts";

describe("smux", () => {
  test("a frame as bytes", () => {
    expect([...encodeSmux("PSH", 3, Buffer.from("ab"))]).toEqual([1, 2, 2, 0, 3, 0, 0, 0, 97, 98]);
    expect([...encodeSmux("SYN", 0x01020304)]).toEqual([1, 0, 0, 0, 4, 3, 2, 1]);
  });

  test("frames come out as they went in, however the bytes arrive", () => {
    const frame = fc.record({
      command: fc.constantFrom<SmuxCommand>("SYN", "FIN", "PSH", "NOP"),
      stream: fc.nat({ max: 0xffff_ffff }),
      data: fc.uint8Array({ maxLength: 30 }),
    });
    fc.assert(
      fc.property(fc.array(frame), fc.array(fc.integer({ min: 1, max: 17 }), { minLength: 1 }), (frames, cuts) => {
        const wire = Buffer.concat(frames.map(({ command, stream, data }) => encodeSmux(command, stream, data)));
        const decoder = new SmuxDecoder();
        const seen = [];
        for (let at = 0, turn = 0; at < wire.length; turn++) {
          const length = cuts[turn % cuts.length] ?? 1;
          for (const { command, stream, data } of decoder.push(wire.subarray(at, at + length)))
            seen.push({ command, stream, data: [...data] });
          at += length;
        }
        expect(seen).toEqual(frames.map((each) => ({ ...each, data: [...each.data] })));
      }),
    );
  });

  test("what is something else is refused", () => {
    expect(() => [...new SmuxDecoder().push(Buffer.from("GET / HTTP/1.1\r\n"))]).toThrow(SmuxError);
    expect(() => [...new SmuxDecoder().push(Buffer.from([1, 4, 0, 0, 0, 0, 0, 0]))]).toThrow(SmuxError);
  });
});
