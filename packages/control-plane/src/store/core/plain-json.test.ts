import fc from "fast-check";
import { expect, test } from "vitest";
import { plainJson } from "./plain-json.ts";

test("what is clean stays the same object; its members are frozen", () => {
  const value = { a: [{ b: 1 }], c: null };
  expect(plainJson(value)).toBe(value);
  expect(() => value.a.push({ b: 2 })).toThrow(TypeError);
});

test("undefined members are left out of a copy, deep down too", () => {
  const inner = { d: 1 };
  const clean = plainJson({ a: undefined, b: [{ c: undefined, inner }] });
  expect(clean).toStrictEqual({ b: [{ inner: { d: 1 } }] });
  expect((clean.b as unknown as [{ inner: object }])[0].inner).toBe(inner);
});

test("a member that is called __proto__ stays one", () => {
  const clean = plainJson({ a: undefined, b: JSON.parse('{ "__proto__": { "c": 1 }, "d": -0 }') as object });
  expect(JSON.stringify(clean)).toBe('{"b":{"__proto__":{"c":1},"d":0}}');
});

test("negative zero becomes zero, which is what JSON makes of it", () => {
  expect(plainJson({ a: [-0] })).toStrictEqual({ a: [0] });
});

test.each([
  ["a date", { at: new Date(0) }, "value.at"],
  ["a map", { list: [new Map()] }, "value.list[0]"],
  ["NaN", { a: { b: Number.NaN } }, "value.a.b"],
  ["a function", { a: () => 1 }, "value.a"],
  ["undefined in an array", { a: [undefined] }, "value.a[0]"],
  ["bytes", { a: new Uint8Array(1) }, "value.a"],
])("refuses %s and says where", (_what, value, path) => {
  expect(() => plainJson(value)).toThrow(`${path} is not plain JSON`);
});

test("any JSON comes back as JSON would give it", () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      expect(plainJson(structuredClone(value))).toEqual(JSON.parse(JSON.stringify(value)));
    }),
  );
});
