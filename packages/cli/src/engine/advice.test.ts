import { describe, expect, test } from "vitest";
import { type MachineFacts, planEngine } from "./advice.ts";

const bare: MachineFacts = {
  engine: { state: "absent", reason: "nothing answers" },
  program: undefined,
  root: true,
  systemd: false,
  packages: "apt",
  linux: true,
};

describe("planEngine", () => {
  test("leaves an engine alone that answers, whoever asks", () => {
    const engine = { state: "answers", version: "20.10.24", cgroupVersion: "1" } as const;
    expect(planEngine({ ...bare, engine, root: false })).toEqual({ do: "nothing" });
  });

  test("as root, installs and starts what is missing", () => {
    expect(planEngine(bare)).toEqual({ do: "prepare", install: true, startWith: "by hand" });
    expect(planEngine({ ...bare, program: "/usr/sbin/dockerd", systemd: true })).toEqual({
      do: "prepare",
      install: false,
      startWith: "systemd",
    });
  });

  test.each<[string, Partial<MachineFacts>, string[]]>([
    ["a user on a bare machine", { root: false }, ["sudo apt-get install -y docker.io", "usermod -aG docker"]],
    [
      "a user beside a stopped engine",
      { root: false, program: "/usr/bin/dockerd", systemd: true },
      ["sudo systemctl start docker"],
    ],
    ["a user outside the docker group", { root: false, engine: { state: "refused" } }, ["usermod -aG docker"]],
    ["root without a known package tool", { packages: "none" }, ["docs.docker.com/engine/install"]],
    ["another operating system", { linux: false }, ["Docker Desktop"]],
  ])("tells %s exactly what to do", (_who, facts, words) => {
    const plan = planEngine({ ...bare, ...facts });
    for (const word of words) expect(plan.do === "ask" && plan.message).toContain(word);
  });

  test("does not tell somebody to install what is there", () => {
    const plan = planEngine({ ...bare, root: false, program: "/usr/bin/dockerd" });
    expect(plan.do === "ask" && plan.message).not.toContain("install");
  });
});
