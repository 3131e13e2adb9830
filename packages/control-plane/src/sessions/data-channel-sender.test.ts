import { payloadTypes } from "@hatoba/contract";
import { beforeEach, describe, expect, test } from "vitest";
import { DataChannelSender, sendWindow } from "./data-channel-sender.ts";

const { output, handshakeRequest } = payloadTypes;
let sent: string[];
let taken: number;
let sender: DataChannelSender;
beforeEach(() => {
  sent = [];
  taken = 0;
  sender = new DataChannelSender({
    encode: (sequence, payloadType, payload) => Buffer.from(`${sequence}/${payloadType}/${payload.length}`),
    onTaken: (bytes) => {
      taken += bytes;
    },
  });
});
const connect = (now = 0) => sender.attach((bytes) => void sent.push(Buffer.from(bytes).toString()), now);
const put = (length: number, now = 0) => sender.push(output, new Uint8Array(length), now);
const news = () => sent.splice(0);

test("numbers what it sends, and sends what waited when there is a connection", () => {
  sender.push(handshakeRequest, new Uint8Array(3), 0);
  expect(news()).toEqual([]);
  connect();
  put(2);
  expect(news()).toEqual(["0/5/3", "1/1/2"]);
});

test("cuts what is large, and puts together what waits", () => {
  put(70_000);
  connect();
  expect(news()).toEqual(["0/1/32768", "1/1/32768", "2/1/4464"]);
  sender.detach();
  put(1);
  put(2);
  put(3);
  sender.acknowledge(0, 0);
  connect();
  expect(news()).toEqual(["1/1/32768", "2/1/4464", "3/1/0", "4/1/6"]);
});

describe("the window", () => {
  test("holds back bytes beyond it, and tells what has left the queue", () => {
    connect();
    put(sendWindow.bytes + 100_000);
    expect(taken).toBe(sendWindow.bytes);
    const count = news().length;
    sender.acknowledge(0, 1);
    expect(news()).toEqual([`${count}/1/32768`]);
    expect(taken).toBe(sendWindow.bytes + 32_768);
    expect(sender.isSent).toBe(false);
  });

  test("holds back messages beyond it", () => {
    connect();
    for (let count = 0; count < sendWindow.messages + 5; count++) put(1);
    expect(news()).toHaveLength(sendWindow.messages);
    sender.acknowledge(0, 1);
    expect(news()).toEqual([`${sendWindow.messages}/1/5`]);
  });
});

describe("what is not acknowledged", () => {
  test("is sent again after the learned time, the same bytes", () => {
    connect();
    put(1);
    expect(news()).toEqual(["0/1/1"]);
    expect(sender.dueAt).toBe(200);
    sender.resendDue(199);
    expect(news()).toEqual([]);
    sender.resendDue(200);
    expect(news()).toEqual(["0/1/1"]);
    expect(sender.unacknowledgedSince).toBe(0);
    expect(sender.acknowledge(0, 210)).toBe(true);
    expect(sender.acknowledge(0, 211)).toBe(false);
    expect([sender.isDone, sender.dueAt]).toEqual([true, undefined]);
  });

  test("has its turn, also behind one whose acknowledge never comes", () => {
    connect();
    put(1);
    put(1);
    news();
    sender.resendDue(200);
    sender.resendDue(300);
    expect(news()).toEqual(["0/1/1", "1/1/1"]);
  });

  test("is sent again on a new connection, in order, with a message that asks what has come", () => {
    connect();
    sender.clientIsReady();
    put(1);
    sender.push(payloadTypes.flag, new Uint8Array(4), 0);
    news();
    sender.detach();
    put(5);
    connect(1_000);
    expect(news()).toEqual(["0/1/1", "1/10/4", "2/1/0", "3/1/5"]);
    // The client had got 0 and 1 before, and says nothing of them.
    sender.acknowledge(2, 1_010);
    sender.acknowledge(3, 1_010);
    expect(sender.isDone).toBe(true);
  });

  test("is not taken to have come when the client was not ready for it", () => {
    connect();
    put(1);
    sender.detach();
    connect(1_000);
    put(2, 1_000);
    sender.acknowledge(1, 1_010);
    expect(sender.isDone).toBe(false);
  });
});
