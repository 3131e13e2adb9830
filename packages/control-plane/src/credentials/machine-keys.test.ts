import { expect, test } from "vitest";
import { hashOfCode, isCode, MachineKeys, newActivationCode } from "./machine-keys.ts";

const [house, other] = [Buffer.alloc(32, 1), Buffer.alloc(32, 2)];

test("a machine's key is the same after a restart, and another one for another machine, salt or house", () => {
  const key = new MachineKeys(house).keyOf("mi-1", "salt");
  expect(new MachineKeys(house).keyOf("mi-1", "salt")).toEqual(key);
  expect(key.accessKeyId).toMatch(/^AKIA[A-Z2-7]{16}$/);
  expect(key.secretAccessKey).toHaveLength(40);
  const others = [
    new MachineKeys(house).keyOf("mi-2", "salt"),
    new MachineKeys(house).keyOf("mi-1", "more"),
    new MachineKeys(other).keyOf("mi-1", "salt"),
  ];
  expect(new Set([key, ...others].flatMap((each) => [each.accessKeyId, each.secretAccessKey])).size).toBe(8);
});

test("a house key of another length is refused", () => {
  expect(() => new MachineKeys(Buffer.alloc(16))).toThrow("32 bytes");
});

test("of an activation code only its hash is needed", () => {
  const code = newActivationCode();
  expect(code).toMatch(/^[A-Z2-7]{24}$/);
  expect(isCode(code, hashOfCode(code))).toBe(true);
  expect(isCode(newActivationCode(), hashOfCode(code))).toBe(false);
  expect(isCode("", hashOfCode(code))).toBe(false);
});
