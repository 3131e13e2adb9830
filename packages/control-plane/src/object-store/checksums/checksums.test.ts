import fc from "fast-check";
import { expect, test } from "vitest";
import { algorithms } from "./algorithms.ts";
import { CrcCombiner } from "./combine-crc.ts";

const of = (name: string, ...pieces: Uint8Array[]) => {
  const checksum = algorithms[name]?.start();
  for (const piece of pieces) checksum?.update(piece);
  return checksum?.digest() ?? Buffer.alloc(0);
};

// The check values that catalogues of CRCs have for "123456789".
test.each([
  ["CRC32", "cbf43926"],
  ["CRC32C", "e3069283"],
  ["CRC64NVME", "ae8b14860a799888"],
])("%s of 123456789", (name, expected) => {
  expect(of(name, Buffer.from("123456789")).toString("hex")).toBe(expected);
});

test("however bytes are cut, the checksum is the same, and a CRC follows from those of the pieces", () => {
  const pieces = fc.array(fc.uint8Array({ maxLength: 70 }), { minLength: 1, maxLength: 5 });
  fc.assert(
    fc.property(pieces, fc.constantFrom("CRC32", "CRC32C", "CRC64NVME"), (cut, name) => {
      const whole = of(name, Buffer.concat(cut));
      expect(of(name, ...cut)).toEqual(whole);
      const kind = algorithms[name]?.crc;
      if (kind === undefined) throw new Error("no CRC");
      const combiner = new CrcCombiner(kind);
      const joined = cut.reduce((sum, piece) => combiner.combine(sum, of(name, piece), piece.length), of(name));
      expect(joined).toEqual(whole);
    }),
  );
});
