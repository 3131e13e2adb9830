import { spawn } from "node:child_process";
import { dirname } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { describeTask, eventually, fetchText, freePort } from "../docker/house.ts";
import { type ExecHouse, execHouse } from "../exec/exec-house.ts";

const plugin = process.env["HATOBA_SESSION_MANAGER_PLUGIN"];

describe.runIf(plugin !== undefined)("ports forwarded by the stock CLI and plugin", () => {
  let exec: ExecHouse;
  let target = "";
  beforeAll(async () => {
    exec = await execHouse();
    // A web server on the container's own loopback address.
    const script = "mkdir /w; echo inside > /w/page; exec httpd -f -p 127.0.0.1:8080 -h /w";
    const task = await exec.run([{ command: ["sh", "-c", script] }]);
    const { containers = [] } = await describeTask(exec.house, task);
    target = `ecs:default_${task.split("/").at(-1)}_${containers[0]?.runtimeId}`;
  });
  afterAll(() => exec.house.down());

  const forward = async (document: string, more: string) => {
    const port = await freePort();
    const parameters = `portNumber=8080,localPortNumber=${port}${more}`;
    const words = ["ssm", "start-session", "--target", target, "--document-name", document, "--parameters", parameters];
    const env = { ...process.env, ...exec.house.env, PATH: `${dirname(plugin ?? "")}:${process.env["PATH"] ?? ""}` };
    const client = spawn("aws", words, { env, stdio: ["pipe", "ignore", "inherit"], detached: true });
    return { url: `http://127.0.0.1:${port}/page`, end: () => process.kill(-(client.pid ?? 0), "SIGKILL") };
  };

  test.each([
    ["AWS-StartPortForwardingSession", ""],
    ["AWS-StartPortForwardingSessionToRemoteHost", ",host=localhost"],
  ])("%s: several connections at once", async (document, more) => {
    const { url, end } = await forward(document, more);
    try {
      expect(await eventually("the page", () => fetchText(url))).toBe("inside\n");
      const pages = await Promise.all(Array.from({ length: 4 }, () => eventually("again", () => fetchText(url))));
      expect(pages).toEqual(Array(4).fill("inside\n"));
    } finally {
      end();
    }
  });
});
