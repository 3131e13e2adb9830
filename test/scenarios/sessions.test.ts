import { flagPayload, flags, linkWindow, payloadTypes } from "@hatoba/contract";
import { afterEach, describe, expect, test } from "vitest";
import { resumeSession } from "../../packages/control-plane/src/api/ssm/operations/resume-session.ts";
import { startSession } from "../../packages/control-plane/src/api/ssm/operations/start-session.ts";
import {
  exampleClusterArn,
  exampleContainerInstanceArn,
  exampleId,
} from "../../packages/control-plane/src/model/examples.ts";
import { sendWindow } from "../../packages/control-plane/src/sessions/data-channel-sender.ts";
import { update } from "../../packages/control-plane/src/store/update.ts";
import { type ClientHabits, DataChannelClient } from "../harness/data-channel-client.ts";
import { runtimeId, SessionHouse, type SessionHouseOptions } from "../harness/session-house.ts";

let house: SessionHouse;
const openHouse = async (options: SessionHouseOptions = {}) => {
  house = new SessionHouse(options);
  return await house.open();
};
afterEach(() => house.close());

/** A session whose command runs. */
async function running(options: SessionHouseOptions = {}, habits = {}) {
  await openHouse(options);
  const session = await house.session(habits);
  if (session.link === undefined) throw new Error("The agent was not asked.");
  return { ...session, link: session.link };
}

describe("a shell", () => {
  test("begins with the size of the terminal, and shows what the program puts out", async () => {
    const { client, link, sessionId } = await running();
    expect(client.handshakeRequest).toEqual({
      AgentVersion: "3.3.0.0",
      RequestedClientActions: [
        { ActionType: "SessionType", ActionParameters: { SessionType: "InteractiveCommands", Properties: null } },
      ],
    });
    expect(link.wish).toMatchObject({
      sessionId,
      target: { type: "container", taskArn: house.taskArn, containerName: "app" },
      run: { type: "command", command: "/bin/sh", terminal: true },
    });
    expect(link.frames).toEqual([{ kind: "size", cols: 80, rows: 24 }]);
    link.output("# ");
    await house.settle();
    expect(client.text).toBe("# ");
    client.type("ls\r");
    client.resize(120, 40);
    client.type("\x03");
    await house.settle();
    expect(link.input).toBe("ls\r\x03");
    expect(link.frames).toContainEqual({ kind: "size", cols: 120, rows: 40 });
    expect(house.record(sessionId)).toMatchObject({ status: "Connected", command: "/bin/sh" });
    expect(house.record(sessionId)).not.toHaveProperty("admission");
  });

  test("ends with its program; the record holds the exit code, and what was put out is shown first", async () => {
    const { client, link, sessionId } = await running();
    link.output("bye\r\n");
    link.send({ kind: "exited", exitCode: 3 });
    await house.settle();
    expect(client.text).toBe("bye\r\n");
    expect(client.closed).toEqual({ output: "", exitCode: 3 });
    expect(house.record(sessionId)).toMatchObject({ status: "Terminated", exitCode: 3, endedAt: house.clock.now() });
  });

  test("shows why the command could not start", async () => {
    await openHouse({
      agent: (link) => link.send({ kind: "failed", reason: "Unable to start command: no such file" }),
    });
    const { client, sessionId } = await house.session();
    expect(client.closed?.output).toBe("\n----------ERROR-------\nUnable to start command: no such file");
    expect(house.record(sessionId)).toMatchObject({
      status: "Failed",
      endReason: "Unable to start command: no such file",
    });
  });

  test("of a client without a size begins after a while", async () => {
    await openHouse();
    const { client } = await house.session({ saysNoSize: true });
    expect(house.links).toEqual([]);
    await house.pass(2_000);
    house.links[0]?.output("hello");
    await house.settle();
    expect(client.text).toBe("hello");
  });

  test("takes every byte as it is, both ways", async () => {
    const { client, link } = await running();
    const bytes = Uint8Array.from({ length: 256 }, (_, index) => index);
    link.output(bytes);
    client.type(bytes);
    await house.settle();
    expect(client.text).toBe(Buffer.from(bytes).toString("latin1"));
    expect(link.input).toBe(Buffer.from(bytes).toString("latin1"));
  });
});

describe("what cannot be read is as if it had not come:", () => {
  test("a wrong digest, a short frame, an unknown type, no time", async () => {
    const { client, link } = await running();
    const good = client.encode({
      type: "input_stream_data",
      sequence: 2,
      flags: 0,
      payloadType: payloadTypes.output,
      payload: Buffer.from("x"),
    });
    const changed = (at: number, ...bytes: number[]) => {
      const copy = good.slice();
      copy.set(bytes, at);
      return copy;
    };
    client.sendRaw(changed(80, 1, 2, 3));
    client.sendRaw(good.subarray(0, 100));
    client.sendRaw(changed(4, 0x7a));
    client.sendRaw(changed(40, 0, 0, 0, 0, 0, 0, 0, 0));
    client.sendRaw(Buffer.from("hello"));
    await house.settle();
    expect(link.input).toBe("");
    client.type("y");
    await house.settle();
    expect(link.input).toBe("y");
  });
});

describe("tokens", () => {
  const isRefused = async (sessionId: string, token: string) => {
    const { client, server } = house.connect(sessionId);
    const other = new DataChannelClient(house.clock);
    other.connect(client, token);
    await house.settle();
    return server.closeReason === "The token is not valid." && other.closed?.output !== undefined;
  };

  test("that are wrong, used, of another session or old open nothing", async () => {
    await openHouse();
    const first = await house.session();
    const second = await house.execute();
    expect(await isRefused(second.sessionId, "guessed")).toBe(true);
    expect(await isRefused(first.sessionId, first.tokenValue)).toBe(true);
    expect(await isRefused(second.sessionId, first.tokenValue)).toBe(true);
    expect(await isRefused("ecs-execute-command-00000000000000000", second.tokenValue)).toBe(true);
    await house.pass(60_000);
    expect(await isRefused(second.sessionId, second.tokenValue)).toBe(true);
    expect(house.record(second.sessionId)).toMatchObject({ status: "Failed" });
    expect(house.links).toHaveLength(1);
  });

  test("that are shown while the end is asked for open nothing", async () => {
    await openHouse();
    const { sessionId, tokenValue } = await house.execute();
    house.store.onChange(({ after }) => {
      if (after?.kind !== "session" || after.value.status !== "Connected") return;
      void update(house.store, "session", sessionId, (session) => ({ ...session, status: "Terminating" as const }));
    });
    expect(await isRefused(sessionId, tokenValue)).toBe(true);
    await house.pass(100);
    expect(house.record(sessionId)?.status).toBe("Terminated");
    expect(house.links).toEqual([]);
  });

  test("have to be shown soon", async () => {
    await openHouse();
    const { sessionId } = await house.execute();
    const { server, pipe } = house.connect(sessionId);
    await house.pass(10_000);
    expect(server.closeReason).toBe("No opening message in time.");
    expect(pipe.open).toBe(false);
  });

  test("are waited for from one address by so many connections that others find room", async () => {
    await openHouse();
    const { sessionId } = await house.execute();
    const idle = Array.from({ length: 70 }, () => house.connect(sessionId, "192.0.2.1").server);
    expect(idle.filter(({ closeReason }) => closeReason === "Too many connections.")).toHaveLength(6);
    expect(house.connect(sessionId, "192.0.2.2").server.closeReason).not.toBe("Too many connections.");
    await house.pass(10_000);
    expect(house.connect(sessionId, "192.0.2.1").server.closeReason).not.toBe("Too many connections.");
  });

  test("of links are good for one link", async () => {
    const { link, sessionId, client } = await running();
    const { server } = house.connect(sessionId);
    house.registry.acceptLink({ ...link.wish, containerInstanceArn: exampleContainerInstanceArn() }, server);
    expect(server.closeReason).toBe("No such session waits for a link.");
    link.output("still there");
    await house.settle();
    expect(client.text).toBe("still there");
  });
});

describe("the end comes", () => {
  test("when nothing happens for too long, and not before", async () => {
    const { client, link, sessionId } = await running({ settings: { idleMs: 60_000 } });
    await house.pass(50_000);
    client.type("x");
    await house.pass(50_000);
    link.output("y");
    await house.pass(59_000);
    expect(client.closed).toBeUndefined();
    await house.pass(1_100);
    expect(client.closed?.output).toBe("Your session timed out due to inactivity and has been terminated.");
    expect(link.isClosed).toBe(true);
    expect(link.frames.at(-1)).toEqual({ kind: "terminate" });
    expect(house.record(sessionId)?.status).toBe("Terminated");
  });

  test("after the longest time, whatever happens", async () => {
    const { client } = await running({ settings: { longestMs: 5_000 } });
    for (let second = 0; second < 5; second++) {
      client.type("x");
      await house.pass(1_000);
    }
    expect(client.closed?.output).toContain("maximum duration");
  });

  test("when the task stops, with the reason", async () => {
    const { client, link } = await running();
    await update(house.store, "task", house.taskArn, (task) => ({
      ...task,
      desiredStatus: "STOPPED" as const,
      stoppedReason: "Task stopped by user",
    }));
    link.send({ kind: "exited", exitCode: 137 });
    await house.settle();
    expect(client.closed?.output).toMatch(/The task .* is being stopped: Task stopped by user/);
  });

  test("when the container is reported as stopped", async () => {
    const { client } = await running();
    await update(house.store, "task", house.taskArn, (task) => ({
      ...task,
      containers: task.containers.map((each) => ({ ...each, lastStatus: "STOPPED" as const })),
    }));
    await house.settle();
    expect(client.closed?.output).toBe("The container app stopped.");
  });

  test("when the link is lost, and when the agent's machine is silent", async () => {
    const first = await running();
    first.link.end.close(1006, "");
    await house.settle();
    expect(first.client.closed?.output).toContain("connection to the agent");
    const second = await house.session();
    if (second.link !== undefined) second.link.end.answersPings = false;
    await house.pass(100_000);
    expect(second.client.closed?.output).toContain("connection to the agent");
  });

  test("at once when no agent is there, and soon when it does not open a link", async () => {
    await openHouse({ agentConnected: false });
    const { client } = await house.session();
    expect(client.closed?.output).toContain("not connected");
    await house.close();
    await openHouse({ agent: () => undefined });
    const { client: waiting } = await house.session();
    await house.pass(30_000);
    expect(waiting.closed?.output).toContain("did not open the session in time");
  });

  test("when the agent sends more than it has credit for", async () => {
    const { client, link } = await running({}, { acknowledges: false });
    for (let count = 0; count < 40; count++) link.output(Buffer.alloc(32 * 1024));
    await house.settle();
    expect(link.isClosed).toBe(true);
    await house.pass(310_000);
    expect(client.closed?.output).toContain("connection to the agent");
  });

  test("by TerminateSession", async () => {
    const { client, sessionId, link } = await running();
    await update(house.store, "session", sessionId, (session) => ({ ...session, status: "Terminating" as const }));
    await house.settle();
    expect(client.closed?.output).toContain("TerminateSession");
    expect(link.isClosed).toBe(true);
    expect(house.record(sessionId)?.status).toBe("Terminated");
  });

  test("when the control plane stops, and after its crash nothing is left open", async () => {
    const { client, sessionId } = await running();
    const other = await house.execute();
    await house.restart();
    expect(client.closed?.output).toBe("The control plane stops.");
    expect(house.record(sessionId)?.status).toBe("Terminated");
    expect(house.record(other.sessionId)?.status).toBe("Terminated");
    const lost = await house.session();
    await house.crash();
    expect(house.record(lost.sessionId)).toMatchObject({
      status: "Terminated",
      endReason: "The control plane was restarted.",
    });
    // The client that comes back is told that it is over, in the way that it understands.
    for (const SessionId of [sessionId, lost.sessionId]) {
      expect(await resumeSession({ SessionId }, house.context)).toEqual({ SessionId });
    }
  });

  test("when a client acknowledges nothing, and until then little is kept", async () => {
    const { client, link } = await running({ settings: { idleMs: 300_000 } }, { acknowledges: false });
    for (let count = 0; count < 20; count++) link.output(Buffer.alloc(32 * 1024));
    for (let minute = 0; minute < 4; minute++) {
      client.type("x");
      await house.pass(60_000);
    }
    client.type("x");
    await house.pass(59_000);
    expect(client.closed).toBeUndefined();
    expect(link.credit).toBeLessThanOrEqual(sendWindow.bytes);
    await house.pass(60_000);
    expect(client.closed?.output).toBe("The client did not acknowledge what it was sent.");
  });

  test("when the container instance is deregistered, whoever holds the link", async () => {
    const { client, link, sessionId } = await running();
    await update(house.store, "containerInstance", exampleContainerInstanceArn(), (instance) => ({
      ...instance,
      status: "INACTIVE" as const,
    }));
    await house.settle();
    expect(client.closed?.output).toBe("The container instance was deregistered.");
    expect(link.isClosed).toBe(true);
    expect(house.record(sessionId)?.status).toBe("Terminated");
  });

  test("when the client leaves, though input before waits for a program that reads none", async () => {
    const { client, link } = await running();
    for (let count = 0; count < 20; count++) client.type(Buffer.alloc(16 * 1024));
    client.sendStream(payloadTypes.flag, flagPayload(flags.terminateSession));
    await house.settle();
    expect(link.input).toHaveLength(linkWindow);
    expect(client.closed).toEqual({ output: "" });
    expect(link.isClosed).toBe(true);
  });

  test("for good: who was away then gets no new token, and the old one opens nothing", async () => {
    const { pipe, sessionId, link, tokenValue } = await running({ settings: { detachedMs: 30_000 } });
    pipe.cut();
    link.send({ kind: "exited", exitCode: 0 });
    await house.pass(31_000);
    expect(house.record(sessionId)).toMatchObject({ status: "Terminated", exitCode: 0 });
    expect(await resumeSession({ SessionId: sessionId }, house.context)).toEqual({ SessionId: sessionId });
    const { client: end, server } = house.connect(sessionId);
    new DataChannelClient(house.clock).connect(end, tokenValue);
    await house.settle();
    expect(server.closeReason).toBe("The token is not valid.");
    expect(house.links).toHaveLength(1);
  });
});

describe("a client that is cut off", () => {
  test("is waited for, and then no more", async () => {
    const { pipe, sessionId, link } = await running({ settings: { detachedMs: 30_000 } });
    pipe.cut();
    await house.pass(29_000);
    expect(house.record(sessionId)?.status).toBe("Disconnected");
    expect(link.isClosed).toBe(false);
    await house.pass(1_000);
    expect(house.record(sessionId)?.status).toBe("Terminated");
    expect(link.isClosed).toBe(true);
  });

  test("is noticed when it says nothing any more", async () => {
    await openHouse();
    const access = await house.execute();
    const { sessionId } = access;
    const { server, client } = house.connect(sessionId);
    new DataChannelClient(house.clock).connect(client, access.tokenValue);
    await house.settle();
    await house.pass(200_000);
    expect(server.pings).toBe(3);
    expect(house.record(sessionId)?.status).toBe("Connected");
    client.answersPings = false;
    await house.pass(170_000);
    expect(house.record(sessionId)?.status).toBe("Disconnected");
  });
});

test("a newer connection of a session takes its place, and nothing is mixed", async () => {
  const { client, link, server, sessionId } = await running();
  const { TokenValue = "" } = await resumeSession({ SessionId: sessionId }, house.context);
  const next = house.connect(sessionId);
  client.connect(next.client, TokenValue);
  await house.settle();
  expect(server.closeReason).toBe("A newer connection of the same session.");
  expect(house.record(sessionId)?.status).toBe("Connected");
  link.output("once");
  client.type("x");
  await house.settle();
  expect([client.text, link.input]).toEqual(["once", "x"]);
});

test("sessions at the same time do not mix", async () => {
  await openHouse();
  const sessions = [await house.session(), await house.session(), await house.session()];
  for (let line = 0; line < 200; line++) {
    for (const [index, { link }] of sessions.entries()) link?.output(`${index}:${line}\n`);
  }
  await house.settle();
  for (const [index, { client }] of sessions.entries()) {
    expect(client.text).toBe(Array.from({ length: 200 }, (_, line) => `${index}:${line}\n`).join(""));
  }
});

describe("a forwarded port", () => {
  const forwarded = async (clientVersion: string, habits: ClientHabits = {}) => {
    await openHouse();
    const { SessionId: sessionId = "", TokenValue = "" } = await startSession(
      {
        Target: `ecs:default_${exampleId()}_${runtimeId}`,
        DocumentName: "AWS-StartPortForwardingSession",
        Parameters: { portNumber: ["80"] },
      },
      house.context,
    );
    const client = new DataChannelClient(house.clock, { ...habits, clientVersion, saysNoSize: true });
    const connection = house.connect(sessionId);
    client.connect(connection.client, TokenValue);
    await house.settle();
    return { client };
  };

  test("carries several connections for a client that puts them together", async () => {
    const { client } = await forwarded("1.2.0.0");
    const [link] = house.links;
    expect(client.handshakeRequest).toMatchObject({
      RequestedClientActions: [
        {
          ActionParameters: {
            SessionType: "Port",
            Properties: { portNumber: "80", localPortNumber: "0", type: "LocalPortForwarding" },
          },
        },
      ],
    });
    expect(link?.wish.run).toEqual({ type: "port", port: 80, multiplexed: true });
    link?.send({ kind: "portRefused" });
    client.type("frames");
    link?.output("more frames");
    await house.settle();
    expect([link?.input, client.text, client.flags]).toEqual(["frames", "more frames", [flags.connectToPortError]]);
    client.sendStream(payloadTypes.flag, flagPayload(flags.terminateSession));
    await house.settle();
    expect(client.closed?.output).toBe("");
    expect(link?.isClosed).toBe(true);
  });

  test("carries one after another for an older client", async () => {
    const { client } = await forwarded("1.1.54.0");
    expect(house.links[0]?.wish.run).toEqual({ type: "port", port: 80, multiplexed: false });
    client.type("first");
    client.sendStream(payloadTypes.flag, flagPayload(flags.disconnectToPort));
    await house.settle();
    expect(house.links[0]?.isClosed).toBe(true);
    client.type("second");
    house.links[1]?.output("answer");
    await house.settle();
    expect(house.links.map(({ input }) => input)).toEqual(["first", "second"]);
    expect([client.text, client.closed]).toEqual(["answer", undefined]);
  });

  test("gives a new connection no credit for what the one before had put out", async () => {
    let stalled = false;
    const { client } = await forwarded("1.1.54.0", { stalled: () => stalled });
    stalled = true;
    const [first] = house.links;
    const total = sendWindow.bytes + linkWindow;
    for (let sent = 0; sent < total; sent += 16_384) {
      first?.output(Buffer.alloc(16_384));
      await house.settle();
    }
    client.sendStream(payloadTypes.flag, flagPayload(flags.disconnectToPort));
    await house.settle();
    stalled = false;
    for (let round = 0; round < 200 && client.text.length < total; round++) await house.pass(100);
    expect(client.text).toHaveLength(total);
    const [, second] = house.links;
    expect(second?.credit).toBe(0);
    for (let sent = 0; sent < linkWindow / 2; sent += 16_384) second?.output(Buffer.alloc(16_384));
    await house.settle();
    expect(second?.credit).toBe(linkWindow / 2);
  });
});

describe("the transcript", () => {
  const logged = async (settings: SessionHouseOptions["settings"], group: boolean) => {
    await openHouse({ settings: settings ?? {} });
    const executeCommandConfiguration = {
      logging: "OVERRIDE" as const,
      logConfiguration: { cloudWatchLogGroupName: "/exec" },
    };
    await update(house.store, "cluster", exampleClusterArn, (cluster) => ({
      ...cluster,
      configuration: { executeCommandConfiguration },
    }));
    if (group) await house.logStore.createGroup({ name: "/exec", createdAt: house.clock.now(), tags: {} });
    const session = await house.session();
    session.link?.output("\x1b[1m# \x1b[0mls\r\nbin  etc\r\n# exit");
    session.link?.send({ kind: "exited", exitCode: 0 });
    await house.settle();
    const { events: kept } = await house.logStore.read({ group: "/exec", limit: 100 });
    return { session, lines: kept.map(({ message }) => message), streams: house.logStore.streams("/exec") };
  };

  test("is what the terminal showed, in a stream named after the session", async () => {
    const { session, lines, streams } = await logged({}, true);
    expect(lines).toEqual(["# ls", "bin  etc", "# exit"]);
    expect(streams.map(({ name }) => name)).toEqual([session.sessionId]);
  });

  test("has the control sequences if it is to have them", async () => {
    const { lines } = await logged({ transcript: "raw" }, true);
    expect(lines).toEqual(["\x1b[1m# \x1b[0mls\r", "bin  etc\r", "# exit"]);
  });

  test("is complete when the control plane stops, and so is the record", async () => {
    const session = await logged({}, true).then(() => house.session());
    session.link?.output("the last words");
    await house.settle();
    await house.registry.close();
    const { events } = await house.logStore.read({ group: "/exec", limit: 100 });
    expect(events.at(-1)?.message).toBe("the last words");
    expect(house.record(session.sessionId)?.status).toBe("Terminated");
  });

  test("is missed aloud where its log group is not there", async () => {
    const { session, lines } = await logged({}, false);
    expect(lines).toEqual([]);
    expect(session.client.customerMessage).toContain("no log group /exec");
  });
});

describe("a client that does not read", () => {
  test("is waited for as long as somebody who does nothing: it may be a stopped terminal, or a pager", async () => {
    let stalled = false;
    const { client, link, server, pipe, sessionId } = await running({}, { stalled: () => stalled });
    stalled = true;
    link.output("a page");
    await house.pass(9 * 60_000); // answers pings, as ours does
    (pipe.other(server) ?? server).answersPings = false;
    await house.pass(9 * 60_000); // and as the stock one does not
    expect(house.record(sessionId)?.status).toBe("Connected");
    stalled = false;
    await house.pass(2_000);
    expect([client.text, client.closed]).toEqual(["a page", undefined]);
  });

  test("gets no acknowledges as long as too much waits for it, and its input once", async () => {
    const { client, link, server } = await running();
    server.bufferedBytes = 4 * 1024 * 1024;
    client.type("x");
    client.resend();
    await house.settle();
    expect(client.isHeard).toBe(false);
    server.bufferedBytes = 0;
    client.resend();
    await house.settle();
    expect([client.isHeard, link.input]).toEqual([true, "x"]);
  });

  test("costs no more than the windows, and gets everything in the end", async () => {
    let stalled = false;
    const { client, link } = await running({}, { stalled: () => stalled });
    stalled = true;
    const sent: Buffer[] = [];
    let allowed = linkWindow;
    const pour = () => {
      while (sent.length * 16_384 < link.credit + allowed && sent.length < 256) {
        const chunk = Buffer.alloc(16_384, sent.length);
        sent.push(chunk);
        link.output(chunk);
      }
    };
    pour();
    await house.settle();
    pour();
    await house.pass(5_000);
    pour();
    await house.settle();
    expect(sent.length * 16_384).toBeLessThanOrEqual(sendWindow.bytes + linkWindow + 64 * 1024);
    stalled = false;
    allowed = linkWindow;
    for (let round = 0; round < 600 && client.text.length < 256 * 16_384; round++) {
      await house.pass(100);
      pour();
    }
    expect(client.text.length).toBe(256 * 16_384);
    expect(Buffer.concat(client.shown).equals(Buffer.concat(sent))).toBe(true);
  });
});
