import { expect, test } from "vitest";
import { UserError } from "../terminal/user-error.ts";
import { readFingerprint } from "./authority.ts";

const digits = "0123456789abcdef".repeat(4);

test.each([digits, digits.toUpperCase(), `SHA256:${digits}`, `sha-256:${digits}`, digits.replace(/..(?=.)/g, "$&:")])(
  "%s is a fingerprint",
  (text) => {
    expect(readFingerprint(text)).toBe(digits);
  },
);

test.each(["", "SHA256:", digits.slice(1), `SHA1:${digits}`])("%j is none", (text) => {
  expect(() => readFingerprint(text)).toThrow(UserError);
});
