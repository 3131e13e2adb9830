import { expect, test } from "vitest";
import { installWindowsService, uninstallWindowsService, windowsServiceOf } from "./windows-service.ts";

const plan = windowsServiceOf(["C:\\node.exe", "--disable-warning=ExperimentalWarning", "C:\\hatoba\\main.ts"], {
  PATH: "C:\\Windows",
  ProgramData: "C:\\ProgramData",
  AWS_SECRET_ACCESS_KEY: "of the one who installs",
  AWS_REGION: "us-east-1",
  ECS_CLUSTER: "default",
  HATOBA_ZONE: undefined,
  SSL_CERT_FILE: "C:\\joined\\ca.pem",
});

function machine(failing?: string) {
  const done: string[] = [];
  const acts = {
    makeFolder: (path: string) => void done.push(`folder ${path}`),
    writeFile: (path: string) => void done.push(`file ${path}`),
    run: async (command: readonly string[]) => {
      done.push(command.slice(0, 2).join(" "));
      if (command.join(" ").includes(failing ?? "\0")) throw new Error("exit code 5");
    },
  };
  return { done, acts };
}

test("the agent is told what is meant for it, and nothing of who installs it", () => {
  expect(plan.files[1]?.content.split("\r\n")).toEqual(
    expect.arrayContaining(["AWS_REGION=us-east-1", "ECS_CLUSTER=default", "SSL_CERT_FILE=C:\\joined\\ca.pem"]),
  );
  expect(plan.files[1]?.content).not.toMatch(/SECRET|PATH=|HATOBA_ZONE/);
});

test("the folder is closed before anything is written to it; the service starts last", async () => {
  const { done, acts } = machine();
  await installWindowsService(plan, acts);
  expect(done.indexOf("icacls.exe C:\\ProgramData\\Hatoba\\ECS")).toBeLessThan(
    done.findIndex((each) => each.startsWith("file ")),
  );
  expect(done.at(-1)).toBe("sc.exe start");
});

test("a command that fails ends it, and says what it was for", async () => {
  const { done, acts } = machine("failureflag");
  await expect(installWindowsService(plan, acts)).rejects.toThrow("could not count exit codes as failures");
  expect(done).not.toContain("sc.exe start");
});

test("a service that does not run can be removed", async () => {
  const { done, acts } = machine("sc.exe stop");
  await uninstallWindowsService(plan, acts);
  expect(done).toEqual(["sc.exe stop", "sc.exe delete"]);
});
