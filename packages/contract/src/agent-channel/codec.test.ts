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
  // Sections 3.7 to 3.10, filled in.
  JSON.stringify({
    type: "IAMRoleCredentialsMessage",
    message: {
      messageId: "c1",
      taskArn: entry.taskArn,
      taskClusterArn: clusterArn,
      roleType: "TaskApplication",
      roleCredentials: {
        credentialsId: "11111111-2222-3333-4444-555555555555",
        roleArn: "arn:aws:iam::123456789012:role/task",
        accessKeyId: "ASIATASK",
        secretAccessKey: "tasksecret",
        sessionToken: "tasktoken",
        expiration: "2027-01-01T00:00:00Z",
      },
    },
  }),
  `{"type":"IAMRoleCredentialsAckRequest","message":{"credentialsId":"11111111-2222-3333-4444-555555555555","expiration":"2027-01-01T00:00:00Z","messageId":"8549be31"}}`,
  JSON.stringify({
    type: "AttachTaskNetworkInterfacesMessage",
    message: {
      messageId: "n1",
      clusterArn,
      containerInstanceArn,
      taskArn: entry.taskArn,
      taskClusterArn: clusterArn,
      generatedAt: 1,
      waitTimeoutMs: 300_000,
      elasticNetworkInterfaces: [
        {
          ec2Id: "eni-1",
          macAddress: "02:00:00:00:00:01",
          attachmentArn: "arn:aws:ecs:us-east-1:123456789012:attachment/demo/1",
          ipv4Addresses: [{ primary: true, privateAddress: "10.0.0.9" }],
          subnetGatewayIpv4Address: "10.0.0.1/24",
        },
      ],
    },
  }),
  JSON.stringify({
    type: "ConfirmAttachmentMessage",
    message: {
      messageId: "a1",
      clusterArn,
      containerInstanceArn,
      taskArn: entry.taskArn,
      taskClusterArn: clusterArn,
      generatedAt: 1,
      waitTimeoutMs: 300_000,
      attachment: {
        attachmentArn: "arn:aws:ecs:us-east-1:123456789012:attachment/demo/2",
        attachmentType: "amazonebs",
        attachmentProperties: [
          { name: "volumeId", value: "vol-1" },
          { name: "deviceName", value: "/dev/xvdba" },
        ],
      },
    },
  }),
  ...["StageUpdateMessage", "PerformUpdateMessage"].map((type) =>
    JSON.stringify({
      type,
      message: {
        messageId: "u1",
        clusterArn,
        containerInstanceArn,
        updateInfo: { location: "https://releases.example/agent.tar", signature: "0".repeat(64) },
      },
    }),
  ),
  `{"type":"NackRequest","message":{"cluster":"${clusterArn}","containerInstance":"${containerInstanceArn}","messageId":"u1","reason":"Updates are disabled"}}`,
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
    expect(decodeFrame('{"type":"CloseMessage","message":{}}')).toEqual({
      is: "unknown",
      type: "CloseMessage",
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
