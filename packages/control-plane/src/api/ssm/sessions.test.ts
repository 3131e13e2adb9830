import { beforeEach, describe, expect, test } from "vitest";
import {
  exampleCluster,
  exampleClusterArn,
  exampleContainer,
  exampleContainerInstance,
  exampleContainerInstanceArn,
  exampleId,
  exampleTask,
  exampleTaskArn,
} from "../../model/examples.ts";
import type { Session } from "../../model/session.ts";
import type { ManualClock } from "../../platform/clock.ts";
import { update } from "../../store/update.ts";
import { exampleContext, given, refusal } from "../ecs/example-context.ts";
import type { OperationContext } from "../operation-context.ts";
import { describeSessions } from "./operations/describe-sessions.ts";
import { getConnectionStatus } from "./operations/get-connection-status.ts";
import { resumeSession } from "./operations/resume-session.ts";
import { startSession } from "./operations/start-session.ts";
import { terminateSession } from "./operations/terminate-session.ts";

const runtimeId = "a".repeat(64);
const container = `ecs:default_${exampleId()}_${runtimeId}`;
const machine = "i-00000000000000001";
let context: OperationContext;

beforeEach(async () => {
  context = exampleContext();
  const managedAgents = [{ name: "ExecuteCommandAgent" as const, lastStatus: "RUNNING" as const }];
  await given(
    context,
    { kind: "cluster", arn: exampleClusterArn, value: exampleCluster() },
    {
      kind: "task",
      arn: exampleTaskArn(),
      value: exampleTask({
        lastStatus: "RUNNING",
        enableExecuteCommand: true,
        containerInstanceArn: exampleContainerInstanceArn(),
        containers: [exampleContainer({ lastStatus: "RUNNING", runtimeId, managedAgents })],
      }),
    },
    { kind: "containerInstance", arn: exampleContainerInstanceArn(), value: exampleContainerInstance() },
  );
});
const letHostShellsIn = () =>
  update(context.store, "containerInstance", exampleContainerInstanceArn(), (instance) => ({
    ...instance,
    attributes: [...instance.attributes, { name: "hatoba.host-shell", value: "nobody" }],
  }));
const start = (input: Partial<Parameters<typeof startSession>[0]> = {}) =>
  startSession({ Target: container, ...input }, context);
const recordOf = (sessionId = ""): Session | undefined => context.store.snapshot().get("session", sessionId)?.value;
const change = (sessionId = "", facts: Partial<Session>) =>
  update(context.store, "session", sessionId, (session) => ({ ...session, ...facts }));

describe("StartSession", () => {
  test.each<[string | undefined, Record<string, string[]>, Partial<Session>]>([
    [undefined, {}, { sessionType: "Standard_Stream" }],
    ["SSM-SessionManagerRunShell", {}, { sessionType: "Standard_Stream" }],
    ["AWS-StartInteractiveCommand", { command: ["top"] }, { sessionType: "InteractiveCommands", command: "top" }],
    [
      "AWS-StartNonInteractiveCommand",
      { command: ["ls -l"] },
      { sessionType: "NonInteractiveCommands", command: "ls -l" },
    ],
    [
      "AWS-StartPortForwardingSession",
      { portNumber: ["5432"], localPortNumber: ["15432"] },
      { sessionType: "Port", port: { portNumber: "5432", localPortNumber: "15432", type: "LocalPortForwarding" } },
    ],
    [
      "AWS-StartPortForwardingSessionToRemoteHost",
      { host: ["db.internal"], portNumber: ["5432"] },
      { port: { host: "db.internal", portNumber: "5432", localPortNumber: "0", type: "LocalPortForwarding" } },
    ],
    ["AWS-StartSSHSession", {}, { sessionType: "Port", port: { portNumber: "22" } }],
  ])("with %s", async (DocumentName, Parameters, facts) => {
    const answer = await start({ ...(DocumentName === undefined ? {} : { DocumentName }), Parameters });
    expect(answer.StreamUrl).toBe(`ws://127.0.0.1:4577/v1/data-channel/${answer.SessionId}?role=publish_subscribe`);
    expect(recordOf(answer.SessionId)).toMatchObject({ ...facts, target: { type: "container", containerName: "app" } });
  });

  test.each<[string, object, RegExp]>([
    ["a document there is not", { DocumentName: "Mine" }, /^InvalidDocument: /],
    [
      "a port that is none",
      { DocumentName: "AWS-StartSSHSession", Parameters: { portNumber: ["0"] } },
      /^InvalidParameters: .*port number/,
    ],
    [
      "two values",
      { DocumentName: "AWS-StartInteractiveCommand", Parameters: { command: ["a", "b"] } },
      /^InvalidParameters: .*one value/,
    ],
    ["a missing value", { DocumentName: "AWS-StartPortForwardingSessionToRemoteHost" }, /^InvalidParameters: .*host/],
    ["a strange parameter", { Parameters: { portNumber: ["1"] } }, /^InvalidParameters: .*not defined/],
    [
      "a target that is not there",
      { Target: "mi-00000000000000002" },
      /^TargetNotConnected: mi-00000000000000002 is not connected\.$/,
    ],
    ["a container that is gone", { Target: `ecs:default_${exampleId()}_${"c".repeat(64)}` }, /^TargetNotConnected: /],
    ["a machine that lets nobody in", { Target: machine }, /^TargetNotConnected: .*--host-shell/],
  ])("refuses %s", async (_what, input, text) => {
    expect(await refusal(start(input))).toMatch(text);
  });

  test("opens shells of a machine that lets them in, by each of its names", async () => {
    await letHostShellsIn();
    for (const Target of [machine, exampleContainerInstanceArn(), exampleId()]) {
      const { SessionId } = await start({ Target });
      expect(recordOf(SessionId)).toMatchObject({
        target: { type: "host" },
        containerInstanceArn: exampleContainerInstanceArn(),
      });
    }
  });
});

test("GetConnectionStatus says whether a session could be opened", async () => {
  const status = async (Target: string) => (await getConnectionStatus({ Target }, context)).Status;
  expect(await status(container)).toBe("connected");
  expect(await status(machine)).toBe("notconnected");
  await letHostShellsIn();
  expect(await status(machine)).toBe("connected");
  expect(await status("i-0")).toBe("notconnected");
});

describe("ResumeSession", () => {
  test("gives a new token, and the old one is of no use", async () => {
    const { SessionId, TokenValue } = await start();
    const before = recordOf(SessionId)?.admission;
    const resumed = await resumeSession({ SessionId }, context);
    expect(resumed.TokenValue).not.toBe(TokenValue);
    expect(resumed.StreamUrl).toContain(SessionId);
    expect(recordOf(SessionId)?.admission?.tokenHash).not.toBe(before?.tokenHash);
  });

  test("has no token for what is over, and knows what it does not know", async () => {
    const { SessionId } = await start();
    await change(SessionId, { status: "Terminated" });
    expect(await resumeSession({ SessionId }, context)).toEqual({ SessionId });
    expect(await refusal(resumeSession({ SessionId: "root-0" }, context))).toMatch(/^DoesNotExistException: /);
  });
});

test("TerminateSession asks for the end, and is content with what is over or unknown", async () => {
  const { SessionId } = await start();
  expect(await terminateSession({ SessionId }, context)).toEqual({ SessionId });
  expect(recordOf(SessionId)?.status).toBe("Terminating");
  await change(SessionId, { status: "Terminated" });
  await terminateSession({ SessionId }, context);
  expect(recordOf(SessionId)?.status).toBe("Terminated");
  expect(await terminateSession({ SessionId: "root-0" }, context)).toEqual({ SessionId: "root-0" });
});

describe("DescribeSessions", () => {
  test("lists what goes on and what is over, the newest first, page by page", async () => {
    const started: (string | undefined)[] = [];
    for (let count = 0; count < 5; count++) {
      started.unshift((await start({ Reason: `number ${count}` })).SessionId);
      (context.clock as ManualClock).advance(1_000);
    }
    const over = started.pop();
    await change(over, { status: "Terminated", exitCode: 3, endedAt: context.clock.now() });
    const list = async (input: Partial<Parameters<typeof describeSessions>[0]> = {}) =>
      await describeSessions({ State: "Active", ...input }, context);
    const ids = ({ Sessions = [] }: Awaited<ReturnType<typeof list>>) => Sessions.map(({ SessionId }) => SessionId);
    const first = await list({ MaxResults: 3 });
    const second = await list({
      MaxResults: 3,
      ...(first.NextToken === undefined ? {} : { NextToken: first.NextToken }),
    });
    expect([...ids(first), ...ids(second)]).toEqual(started);
    expect(second.NextToken).toBeUndefined();
    expect((await list({ State: "History" })).Sessions).toEqual([
      expect.objectContaining({ SessionId: over, Status: "Terminated", Details: "exit code 3", Reason: "number 0" }),
    ]);
    const filtered = (
      key: "Target" | "Owner" | "Status" | "SessionId" | "InvokedAfter" | "InvokedBefore",
      value: string,
    ) => list({ Filters: [{ key, value }] }).then(ids);
    expect(await filtered("Target", container)).toEqual(started);
    expect(await filtered("Target", machine)).toEqual([]);
    expect(await filtered("Owner", context.caller.arn)).toEqual(started);
    expect(await filtered("Status", "Connected")).toEqual([]);
    expect(await filtered("SessionId", started[1] ?? "")).toEqual([started[1]]);
    expect(await filtered("InvokedAfter", "2026-01-01T00:00:03Z")).toEqual(started.slice(0, 1));
    expect(await filtered("InvokedBefore", "2026-01-01T00:00:02Z")).toEqual(started.slice(-1));
    expect(await refusal(filtered("InvokedBefore", "yesterday"))).toMatch(/^ValidationException/);
  });
});
