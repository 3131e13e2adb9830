import { createHash } from "node:crypto";
import fc from "fast-check";
import { expect, test } from "vitest";
import { type DataMessage, dataMessageTypes, decodeDataMessage, encodeDataMessage } from "./message.ts";
import { acknowledgement, decodeFlag, decodeSize, flagPayload } from "./payloads.ts";

const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest();
const hex = (text: string) => new Uint8Array(Buffer.from(text.replaceAll(/\s/g, ""), "hex"));

// Frames that the session-manager-plugin was seen to take and to send. Source: exec session protocol, section 3.
const output = hex(`
  00000074 6f75747075745f73747265616d5f646174612020202020202020202020202020
  00000001 000001a2015b5d4c 0000000000000002 0000000000000000
  a70607eb0ce58166 78dfbcf0b4e14b3f
  84a5e715899e1c4b9138530513ebf39462d21e0ef56de8b9658c32619a6158d9
  00000001 00000002 2320`);
const keyPress = hex(`
  00000074 696e7075745f73747265616d5f64617461202020202020202020202020202020
  00000001 000001a2015b5e7a 0000000000000002 0000000000000000
  9194e8a63ef83078 ac913d9497ad4bfa
  acac86c0e609ca906f632b0e2dacccb2b77d22b0621f20ebece1a4835b93f6f0
  00000001 00000001 6c`);
const acknowledgeHeader = hex(`
  00000074 61636b6e6f776c65646765202020202020202020202020202020202020202020
  00000001 000001a2015b5d3d 0000000000000000 0000000000000003
  a2c1670ba13efd0e 586136e016ae4ede
  ca7e780aeb897dde73accc0f8c2d87b6a5842e7f36cd7bc39f1994c5213f541b
  00000000 000000b0`);

const message = (overrides: Partial<DataMessage> = {}): DataMessage => ({
  type: "output_stream_data",
  sequence: 2,
  flags: 0,
  messageId: "78dfbcf0-b4e1-4b3f-a706-07eb0ce58166",
  createdAt: 0x1a2015b5d4c,
  payloadType: 1,
  payload: Buffer.from("# "),
  ...overrides,
});

test("messages are the bytes that the plugin takes", () => {
  expect(Buffer.from(encodeDataMessage(message(), sha256)).toString("hex")).toBe(Buffer.from(output).toString("hex"));
  const acknowledge = encodeDataMessage(
    message({
      type: "acknowledge",
      sequence: 0,
      flags: 3,
      messageId: "586136e0-16ae-4ede-a2c1-670ba13efd0e",
      createdAt: 0x1a2015b5d3d,
      payloadType: 0,
      payload: acknowledgement(message({ sequence: 0, messageId: "d6ef9f35-79f9-479e-ad19-39a669d7edb6" })),
    }),
    sha256,
  );
  expect([...acknowledge.subarray(0, 120)]).toEqual([...acknowledgeHeader]);
});

test("messages of the plugin are read", () => {
  expect(decodeDataMessage(keyPress, sha256)).toEqual({
    type: "input_stream_data",
    sequence: 2,
    flags: 0,
    messageId: "ac913d94-97ad-4bfa-9194-e8a63ef83078",
    createdAt: 0x1a2015b5e7a,
    payloadType: 1,
    payload: new Uint8Array(Buffer.from("l")),
  });
});

test("any message comes out as it went in", () => {
  const messages = fc.record({
    type: fc.constantFrom(...dataMessageTypes),
    sequence: fc.maxSafeNat(),
    flags: fc.nat(3),
    messageId: fc.uuid(),
    createdAt: fc.integer({ min: 1, max: 2 ** 48 }),
    payloadType: fc.nat(),
    payload: fc.uint8Array({ maxLength: 300 }),
  });
  fc.assert(
    fc.property(messages, (each) => {
      expect(decodeDataMessage(encodeDataMessage(each, sha256), sha256)).toEqual(each);
    }),
  );
});

test("what is wrong with a message makes it none", () => {
  const changed = (offset: number, ...bytes: number[]) => {
    const copy = new Uint8Array(output);
    copy.set(bytes, offset);
    return decodeDataMessage(copy, sha256);
  };
  expect(changed(0)).toBeDefined();
  expect(changed(3, 0x75), "another header length").toBeUndefined();
  expect(changed(4, 0x78), "an unknown type").toBeUndefined();
  expect(changed(40, 0, 0, 0, 0, 0, 0, 0, 0), "no time").toBeUndefined();
  expect(changed(80, 0), "another digest").toBeUndefined();
  expect(changed(120, 0x24), "another payload").toBeUndefined();
  expect(changed(48, 0xff), "a negative number").toBeUndefined();
  expect(decodeDataMessage(output.subarray(0, 119), sha256), "too short").toBeUndefined();
});

test("noise is read without a throw", () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => void decodeDataMessage(bytes, sha256)));
});

test("a type padded with NUL is read, and a view into a larger buffer", () => {
  const padded = new Uint8Array(500).fill(7);
  padded.set(keyPress, 100);
  padded.fill(0, 100 + 4 + "input_stream_data".length, 100 + 36);
  expect(decodeDataMessage(padded.subarray(100, 100 + keyPress.length), sha256)?.type).toBe("input_stream_data");
});

test("sizes and flags", () => {
  expect(decodeSize(Buffer.from('{"cols":80,"rows":24}'))).toEqual({ cols: 80, rows: 24 });
  for (const text of [
    "",
    "[]",
    '{"cols":0,"rows":24}',
    '{"cols":80}',
    '{"cols":"80","rows":24}',
    '{"cols":80,"rows":70000}',
  ])
    expect(decodeSize(Buffer.from(text))).toBeUndefined();
  expect([...flagPayload(2)]).toEqual([0, 0, 0, 2]);
  expect(decodeFlag(flagPayload(3))).toBe(3);
  expect(decodeFlag(new Uint8Array(3))).toBeUndefined();
});
