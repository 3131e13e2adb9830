import { beforeEach, describe, expect, test } from "vitest";
import { type Breakable, type Connection, connectionPair } from "./connection.ts";

let left: Connection & Breakable;
let right: Connection & Breakable;
beforeEach(() => {
  [left, right] = connectionPair();
});
const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

describe("the two ends of a connection", () => {
  test("messages arrive later and in order, also those that came before anybody listened", async () => {
    const heard: string[] = [];
    left.send("1");
    await turn();
    right.onMessage((text) => heard.push(text));
    left.send("2");
    left.send("3");
    expect(heard).toEqual(["1"]);
    await turn();
    expect(heard).toEqual(["1", "2", "3"]);
  });

  test("what was sent before a close arrives before it", async () => {
    const heard: unknown[] = [];
    right.onMessage((text) => heard.push(text));
    right.onClose((code, reason) => heard.push([code, reason]));
    left.send("last word");
    left.close(1000, "done");
    left.send("too late");
    await turn();
    expect(heard).toEqual(["last word", [1000, "done"]]);
  });

  test("a close is told once at each end, whoever comes late to listen", async () => {
    const heard: unknown[] = [];
    left.close(4000, "why");
    left.close(1000, "again");
    right.close(1001, "as well");
    await turn();
    left.onClose((code) => heard.push(["left", code]));
    right.onClose((code) => heard.push(["right", code]));
    expect(heard).toEqual([
      ["left", 4000],
      ["right", 1001],
    ]);
  });

  test("a cut loses what is under way", async () => {
    const heard: unknown[] = [];
    right.onMessage((text) => heard.push(text));
    for (const end of [left, right]) end.onClose((code) => heard.push(code));
    left.send("lost");
    left.breakOff();
    await turn();
    expect(heard).toEqual([1006, 1006]);
  });
});
