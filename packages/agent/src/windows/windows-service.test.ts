import { win32 } from "node:path";
import { describe, expect, test } from "vitest";
import { exitCodeFor } from "./service-exit.ts";
import { serviceHostSource } from "./service-host.ts";
import { windowsServiceCommands } from "./windows-service.ts";

const options = {
  node: "C:\\Program Files\\nodejs\\node.exe",
  main: "C:\\Program Files\\Hatoba\\packages\\agent\\src\\main.ts",
  environment: { ECS_CLUSTER: "default", AWS_SECRET_ACCESS_KEY: "a=b" },
  variables: { ProgramData: "D:\\It's data" },
};
const plan = windowsServiceCommands(options);
const line = ({ program, args }: (typeof plan.install)[number]) => [program, ...args].join(" ");

describe("install", () => {
  test("makes a service that starts after Docker and is restarted after 5, 30 and 60 seconds", () => {
    // Source: agent protocol §10.1, Form.
    expect(plan.install.slice(1).map(line)).toEqual([
      `sc.exe create HatobaECS binPath= "D:\\It's data\\Hatoba\\ECS\\hatoba-ecs-service.exe" "D:\\It's data\\Hatoba\\ECS\\ecs.config" DisplayName= Hatoba ECS agent start= delayed-auto depend= docker`,
      "sc.exe failure HatobaECS reset= 300 actions= restart/5000/restart/30000/restart/60000",
      "sc.exe failureflag HatobaECS 1",
      "sc.exe description HatobaECS Runs tasks of Hatoba on this container instance.",
    ]);
  });

  test("compiles what the service manager starts, from the file that was written", () => {
    const [compile] = plan.install;
    const script = compile?.args.at(-1) ?? "";
    expect(compile?.program).toBe("powershell.exe");
    expect(script).toContain("-LiteralPath 'D:\\It''s data\\Hatoba\\ECS\\service-host.cs'");
    expect(script).toContain("-OutputAssembly 'D:\\It''s data\\Hatoba\\ECS\\hatoba-ecs-service.exe'");
    expect(plan.files[0]).toMatchObject({
      path: "D:\\It's data\\Hatoba\\ECS\\service-host.cs",
      content: serviceHostSource,
    });
  });

  test("closes the folder to others before the keys are in it", () => {
    expect(plan.secure.map(line)).toEqual([
      "icacls.exe D:\\It's data\\Hatoba\\ECS /inheritance:r /grant:r *S-1-5-18:(OI)(CI)F *S-1-5-32-544:(OI)(CI)F",
    ]);
    expect(plan.files.every(({ path }) => plan.folders.includes(win32.dirname(path)))).toBe(true);
    const everything = JSON.stringify([plan.install, plan.secure, plan.start]);
    expect(everything).not.toContain("a=b");
  });

  test("gives the agent its environment and says that it is a service", () => {
    expect(plan.files[1]).toEqual({
      path: "D:\\It's data\\Hatoba\\ECS\\ecs.config",
      secret: true,
      content: [
        "program=C:\\Program Files\\nodejs\\node.exe",
        'arguments=--disable-warning=ExperimentalWarning "C:\\Program Files\\Hatoba\\packages\\agent\\src\\main.ts" -windows-service',
        "log=D:\\It's data\\Hatoba\\ECS\\log\\ecs-agent.log",
        "",
        "ECS_DATADIR=D:\\It's data\\Hatoba\\ECS\\data",
        "ECS_CLUSTER=default",
        "AWS_SECRET_ACCESS_KEY=a=b",
        "",
      ].join("\r\n"),
    });
  });

  test("takes no value that would become two lines", () => {
    expect(() => windowsServiceCommands({ ...options, environment: { A: "b\nC=d" } })).toThrow(
      "A cannot have a line break in it",
    );
  });
});

test("uninstall stops the service, if it runs, and removes it; its data stays", () => {
  expect(plan.uninstall.map(line)).toEqual(["sc.exe stop HatobaECS", "sc.exe delete HatobaECS"]);
  expect(plan.uninstall[0]?.mayFail).toBe(true);
});

test("without a ProgramData it is C:\\ProgramData", () => {
  const { folders } = windowsServiceCommands({ node: "n", main: "m", environment: {} });
  expect(folders[0]).toBe("C:\\ProgramData\\Hatoba\\ECS");
});

test.each([
  [0, true, 0],
  [1, true, 1],
  [5, true, 0],
  [0, false, 0],
  [1, false, 1],
  [5, false, 5],
])("exit code %i, as a service %s: %i", (code, asService, expected) => {
  expect(exitCodeFor(code, asService)).toBe(expected);
});
