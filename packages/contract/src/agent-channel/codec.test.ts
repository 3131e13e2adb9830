import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decodeFrame, encodeFrame } from "./codec.ts";
import type { ChannelFrame } from "./messages.ts";

const clusterArn = "arn:aws:ecs:us-east-1:123456789012:cluster/demo";
const containerInstanceArn =
  "arn:aws:ecs:us-east-1:123456789012:container-instance/demo/0123456789abcdef0123456789abcdef";
const entry = { taskArn: "arn:…11", taskClusterArn: clusterArn, desiredStatus: "RUNNING" } as const;
const stop = { ...entry, desiredStatus: "STOPPED" } as const;

// Source: agent protocol, sections 3.2, 3.5 and 3.6.
const seen: readonly string[] = [
  `{"type":"HeartbeatMessage","message":{"healthy":true,"messageId":"a0a944c4"}}`,
  `{"type":"AckRequest","message":{"cluster":"${clusterArn}","containerInstance":"${containerInstanceArn}","messageId":"8549be31"}}`,
  `{"type":"PayloadMessage","message":{"messageId":"48c1","clusterArn":"${clusterArn}","containerInstanceArn":"${containerInstanceArn}","generatedAt":1767225600000,"seqNum":2,"tasks":[{"arn":"arn:…01","desiredStatus":"STOPPED","family":"demo-app","version":"3","containers":[]}]}}`,
  JSON.stringify({
    type: "TaskManifestMessage",
    message: { messageId: "f94f", clusterArn, containerInstanceArn, generatedAt: 1, timeline: 5, tasks: [entry] },
  }),
  JSON.stringify({ type: "TaskStopVerificationMessage", message: { messageId: "f94f", stopCandidates: [stop] } }),
  JSON.stringify({
    type: "TaskStopVerificationAck",
    message: { messageId: "f94f", generatedAt: 1, stopTasks: [stop] },
  }),
];

test.each(seen)("reads and writes what was seen on the wire: %s", (text) => {
  const decoded = decodeFrame(text);
  expect(decoded).toEqual({ is: "frame", frame: JSON.parse(text) as ChannelFrame });
  if (decoded.is === "frame") expect(encodeFrame(decoded.frame)).toBe(text);
});

describe("what is no frame", () => {
  test.each([
    ["", "not JSON"],
    ["{", "not JSON"],
    ["null", "no type"],
    ["[]", "no type"],
    ['{"InvalidInstanceException":"text"}', "no type"],
    ['{"type":"AckRequest"}', "AckRequest without message"],
    ['{"type":"AckRequest","message":[]}', "AckRequest without message"],
    ['{"type":"AckRequest","message":{"messageId":1}}', "AckRequest.messageId is not a string"],
    [
      '{"type":"TaskStopVerificationMessage","message":{"messageId":"m","stopCandidates":[1]}}',
      "TaskStopVerificationMessage.stopCandidates is not a array",
    ],
  ])("%s is malformed", (text, problem) => {
    expect(decodeFrame(text)).toEqual({ is: "malformed", problem });
  });

  test("of a type that nobody here handles is unknown; its name is shown in part", () => {
    expect(decodeFrame('{"type":"StageUpdateMessage","message":{}}')).toEqual({
      is: "unknown",
      type: "StageUpdateMessage",
    });
    expect(decodeFrame(JSON.stringify({ type: "x".repeat(5000) }))).toEqual({ is: "unknown", type: "x".repeat(100) });
    expect(decodeFrame('{"type":"toString","message":{}}')).toEqual({ is: "unknown", type: "toString" });
  });

  test("never throws", () => {
    fc.assert(fc.property(fc.oneof(fc.string(), fc.json()), (text) => void decodeFrame(text)));
    const types = fc.constantFrom("AckRequest", "PayloadMessage", "TaskManifestMessage", "HeartbeatMessage");
    fc.assert(
      fc.property(types, fc.anything(), (type, message) => {
        const text = JSON.stringify({ type, message }, (_key, value: unknown) =>
          typeof value === "bigint" ? 0 : value,
        );
        decodeFrame(text);
      }),
    );
  });
});
