import { expect, test } from "vitest";
import { planLookup } from "./name-lookup.ts";

const names = {
  hosts: "127.0.0.1 localhost # this\n::1\tlocalhost ip6-localhost\n10.0.0.5 db db.internal\n",
  resolvConf: "# made by docker\nsearch ec2.internal example\nnameserver 127.0.0.11\nnameserver 10.0.0.2\noptions x\n",
};
const servers = ["127.0.0.11", "10.0.0.2"];

test.each([
  ["db", { addresses: ["10.0.0.5"], questions: [], servers: [] }],
  ["localhost", { addresses: ["127.0.0.1", "::1"], questions: [], servers: [] }],
  ["web", { addresses: [], questions: ["web.ec2.internal", "web.example", "web"], servers }],
  ["web.here", { addresses: [], questions: ["web.here", "web.here.ec2.internal", "web.here.example"], servers }],
  ["web.here.", { addresses: [], questions: ["web.here."], servers }],
])("%s", (name, plan) => expect(planLookup(name, names)).toEqual(plan));

test("localhost is known without a file", () => {
  expect(planLookup("localhost", { hosts: "", resolvConf: "" }).addresses).toEqual(["127.0.0.1", "::1"]);
});
