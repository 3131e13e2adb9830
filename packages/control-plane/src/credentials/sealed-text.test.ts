import { expect, test } from "vitest";
import { SealedTexts } from "./sealed-text.ts";

const key = Buffer.alloc(32, 7);

test("what is sealed opens again, looks different each time, and opens for nobody else", () => {
  const texts = new SealedTexts(key, "test");
  const [one, other] = [texts.seal("geheim €"), texts.seal("geheim €")];
  expect(texts.open(one)).toBe("geheim €");
  expect(one).not.toBe(other);
  expect(() => new SealedTexts(key, "another").open(one)).toThrow();
  expect(() => new SealedTexts(Buffer.alloc(32, 8), "test").open(one)).toThrow();
  expect(() => texts.open(`${one.slice(0, -4)}AAAA`)).toThrow();
});
