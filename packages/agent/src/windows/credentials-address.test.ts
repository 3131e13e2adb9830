import { expect, test } from "vitest";
import { credentialsAddressSteps, removeCredentialsAddress } from "./credentials-address.ts";

const steps = credentialsAddressSteps(51679);

test("the address is passed on to the agent on the machine itself", () => {
  expect(steps.map(({ script }) => script)).toContain(
    "netsh interface portproxy add v4tov4 listenaddress=169.254.170.2 listenport=80 connectaddress=127.0.0.1 connectport=51679",
  );
});

test("the proxy comes after the address that it listens on: netsh keeps a dead listener otherwise", () => {
  const scripts = steps.map(({ script }) => script);
  const at = (part: string) => scripts.findIndex((script) => script.includes(part));
  expect(at("Add-VMNetworkAdapter")).toBeLessThan(at("New-NetIPAddress"));
  expect(at("New-NetIPAddress")).toBeLessThan(at("portproxy add"));
});

test("each step can tell whether it was done", () => {
  for (const { isDone } of steps) expect(isDone).toMatch(/^if \(.+\) \{ exit 0 \} else \{ exit 1 \}$/);
});

test("only containers are let in, and everything is taken back", () => {
  expect(steps.find(({ script }) => script.includes("Firewall"))?.script).toContain("-RemoteAddress");
  expect(removeCredentialsAddress()).toHaveLength(3);
});
