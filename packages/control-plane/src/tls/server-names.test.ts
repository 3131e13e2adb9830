import { expect, test } from "vitest";
import { serverNames } from "./server-names.ts";

const machine = { hostName: "rack4", addresses: ["10.0.0.5", "fd00::5"] };

test("a server on loopback is there for this machine alone", () => {
  expect(serverNames({ host: "127.0.0.1", port: 4577, more: [], machine })).toEqual({
    dns: ["127.0.0.1:4577", "localhost", "localhost:4577"],
    ip: ["127.0.0.1"],
  });
});

test("one that listens everywhere has all names of its machine", () => {
  expect(serverNames({ host: "0.0.0.0", port: 4577, more: [], machine })).toEqual({
    dns: ["10.0.0.5:4577", "127.0.0.1:4577", "[fd00::5]:4577", "localhost", "localhost:4577", "rack4", "rack4:4577"],
    ip: ["10.0.0.5", "127.0.0.1", "fd00::5"],
  });
});

test("what agents are told, and what else it is called, with both ports", () => {
  const names = serverNames({
    host: "10.0.0.5",
    port: 4577,
    advertise: "https://ecs.example.org",
    more: ["203.0.113.9"],
    machine,
  });
  expect(names.dns).toContain("ecs.example.org");
  expect(names.dns).toContain("ecs.example.org:443");
  expect(names.dns).toContain("203.0.113.9:4577");
  expect(names.ip).toEqual(["10.0.0.5", "127.0.0.1", "203.0.113.9"]);
});
