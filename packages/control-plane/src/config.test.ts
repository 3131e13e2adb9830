import { describe, expect, test } from "vitest";
import { ConfigError, readConfig } from "./config.ts";
import { defaultSettings } from "./settings.ts";

describe("readConfig", () => {
  test("gives the documented defaults", () => {
    const config = readConfig([], {});
    expect(config.settings).toEqual(defaultSettings);
    expect(config.listen).toEqual({ host: "127.0.0.1", port: 4577 });
    expect(config.auth).toBe("sigv4");
  });

  test("takes a flag before a variable, and names zones after the region", () => {
    const config = readConfig(["--region", "eu-west-1"], { HATOBA_REGION: "us-west-2", HATOBA_DATA_DIR: "/srv/h" });
    expect(config.settings.availabilityZones).toEqual(["eu-west-1a", "eu-west-1b", "eu-west-1c"]);
    expect(config.dataDir).toBe("/srv/h");
  });

  test("keeps an address in brackets apart from its port", () => {
    expect(readConfig(["--listen", "[::1]:80"], {}).listen).toEqual({ host: "::1", port: 80 });
  });

  test("takes an agent's release with its digest", () => {
    const release = `https://releases.example/agent.tar#${"A1".repeat(32)}`;
    expect(readConfig([], { HATOBA_AGENT_RELEASE: release }).settings.agentRelease).toEqual({
      location: "https://releases.example/agent.tar",
      sha256: "a1".repeat(32),
    });
  });

  test.each([
    [["--listen", "4577"], "--listen takes HOST:PORT"],
    [["--listen", "h:70000"], "--listen takes HOST:PORT"],
    [["--account-id", "12"], "--account-id takes twelve digits"],
    [["--region", "nowhere"], "--region takes a region"],
    [["--zones", "us-east-1a,us-east-1a"], "--zones takes one to six different zones"],
    [["--vpc-cidr", "10.0.0.0/8"], "--vpc-cidr takes a /16"],
    [["--log-budget", "99MB"], "--log-budget takes a size"],
    [["--log-budget", "0%"], "--log-budget takes a size"],
    [["--log-budget", "20"], "--log-budget takes a size"],
    [["--stopped-task-retention", "soon"], "--stopped-task-retention takes a time"],
    [["--auth", "none"], "--auth takes one of sigv4, open"],
    [["--auth", "open", "--listen", "0.0.0.0:4577"], "only goes with a loopback address"],
    [["--advertise", "ftp://x"], "--advertise takes a URL"],
    [["--agent-release", "https://releases.example/agent.tar"], "--agent-release takes https://host/agent.tar#SHA256"],
    [["--nonsense"], "nonsense"],
  ])("refuses %j", (args, message) => {
    expect(() => readConfig(args, {})).toThrow(ConfigError);
    expect(() => readConfig(args, {})).toThrow(message);
  });
});

test("TLS is by the house's own authority, or with a certificate that is given", () => {
  expect(readConfig([], {}).tls).toBeUndefined();
  expect(readConfig(["--tls"], {}).tls).toEqual({ names: [] });
  expect(readConfig([], { HATOBA_TLS: "true", HATOBA_TLS_NAMES: "a,10.0.0.5" }).tls).toEqual({
    names: ["a", "10.0.0.5"],
  });
  expect(readConfig(["--tls-cert", "/c", "--tls-key", "/k"], {}).tls).toEqual({ cert: "/c", key: "/k" });
  expect(() => readConfig(["--tls-cert", "/c"], {})).toThrow("go together");
  expect(() => readConfig(["--tls-names", "a"], {})).toThrow("goes with --tls");
  expect(() => readConfig(["--tls-cert", "/c", "--tls-key", "/k", "--tls-names", "a"], {})).toThrow("own certificate");
});

test.each([
  ["20GB", { bytes: 20e9 }],
  ["1.5TB", { bytes: 1.5e12 }],
  ["5%", { share: 0.05 }],
  ["none", undefined],
])("the log budget may be %s", (text, budget) => {
  expect(readConfig(["--log-budget", text], {}).logBudget).toEqual(budget);
  expect(readConfig([], {}).logBudget).toEqual({ share: 0.2 });
});
