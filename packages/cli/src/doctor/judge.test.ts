import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  judgeCgroups,
  judgeDisk,
  judgeEngine,
  judgeLogBudget,
  judgeNode,
  judgePort,
  judgeTaskEndpoints,
  judgeVpcBlock,
  overlap,
} from "./judge.ts";

describe("judgements", () => {
  test.each([
    [judgeNode("v24.21.0"), "ok"],
    [judgeNode("v20.20.2"), "problem"],
    [judgeEngine({ state: "answers", version: "20.10.24+dfsg1", cgroupVersion: "1" }, { do: "nothing" }), "ok"],
    [judgeEngine({ state: "answers", version: "19.03.1", cgroupVersion: "1" }, { do: "nothing" }), "warning"],
    [
      judgeEngine(
        { state: "absent", reason: "nothing answers" },
        { do: "prepare", install: true, startWith: "systemd" },
      ),
      "warning",
    ],
    [judgeEngine({ state: "refused" }, { do: "ask", message: "usermod" }), "problem"],
    [judgeCgroups("2", ["cpu", "io", "memory"]), "ok"],
    [judgeCgroups("1", ["cpu"]), "problem"],
    [judgePort("127.0.0.1:4577", "this house"), "ok"],
    [judgePort("127.0.0.1:4577", "nobody"), "ok"],
    [judgePort("127.0.0.1:4577", "another program"), "problem"],
    [judgeDisk("Disk", "/", 3 * 1024 ** 3), "ok"],
    [judgeDisk("Disk", "/", 1 * 1024 ** 3), "warning"],
    [judgeDisk("Disk", "/", 1024), "problem"],
    [judgeLogBudget(undefined), "ok"],
    [judgeLogBudget({ at: 0, message: "the log budget is nearly used up" }), "warning"],
    [judgeTaskEndpoints({ problem: "iptables is not installed" }, true), "warning"],
    [judgeTaskEndpoints({ areRulesPlaced: false, isServed: false }, false), "ok"],
    [judgeTaskEndpoints({ areRulesPlaced: true, isServed: true }, true), "ok"],
    [judgeTaskEndpoints({ areRulesPlaced: true, isServed: false }, true), "warning"],
    [judgeTaskEndpoints({ areRulesPlaced: false, isServed: true }, true), "warning"],
    [judgeVpcBlock("172.31.0.0/16", ["0.0.0.0/0", "172.17.0.0/16"]), "ok"],
    [judgeVpcBlock("172.31.0.0/16", ["172.16.0.0/12"]), "problem"],
  ])("%j is %s", (finding, verdict) => {
    expect(finding.verdict).toBe(verdict);
    expect(finding.advice === undefined).toBe(verdict === "ok");
  });

  test("two blocks overlap just when the longer one starts inside the shorter", () => {
    const block = fc.tuple(fc.ipV4(), fc.integer({ min: 0, max: 32 }));
    fc.assert(
      fc.property(block, block, ([a, m], [b, n]) => {
        const bits = (address: string) =>
          address
            .split(".")
            .map((part) => Number(part).toString(2).padStart(8, "0"))
            .join("");
        const shared = Math.min(m, n);
        expect(overlap(`${a}/${m}`, `${b}/${n}`)).toBe(bits(a).slice(0, shared) === bits(b).slice(0, shared));
      }),
    );
  });
});
