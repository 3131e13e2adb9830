import { execFile } from "node:child_process";
import { existsSync, readFileSync, rmSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { fetchText, type House, repository, startHouse } from "./house.ts";

const run = promisify(execFile);
let house: House;
beforeAll(async () => {
  house = await startHouse({ sample: true });
});
afterAll(async () => {
  await house.hatoba("down");
  rmSync(house.dataDir, { recursive: true, force: true });
});

const pidsOf = () =>
  ["control-plane", "agent", "agent-fargate"].flatMap((name) => {
    const path = join(house.dataDir, "run", `${name}.json`);
    return existsSync(path) ? [(JSON.parse(readFileSync(path, "utf8")) as { pid: number }).pid] : [];
  });

test("up runs the sample, says where everything is, and a second up changes nothing", async () => {
  const before = pidsOf();
  const said = await house.hatoba("up");
  expect(said).toContain(`ECS endpoint   ${house.endpoint}`);
  const url = /Sample service (http:\S+)/.exec(said)?.[1] ?? "";
  expect(await fetchText(url)).toContain("It runs.");
  expect(said).toContain("hatoba env");
  expect(pidsOf()).toEqual(before);
});

test("status tells what runs, and by its exit code whether all does", async () => {
  expect(await house.hatoba("status")).toMatch(/hello .* 1 of 1 running, COMPLETED/s);
});

test("doctor finds nothing wrong", async () => {
  expect(await house.hatoba("doctor")).not.toContain("problem");
});

test("env points a client here, and the key is for its owner's eyes alone", async () => {
  expect(Object.keys(house.env).toSorted((a, b) => a.localeCompare(b))).toEqual([
    "AWS_ACCESS_KEY_ID",
    "AWS_DEFAULT_REGION",
    "AWS_DISABLE_HOST_PREFIX_INJECTION",
    "AWS_ENDPOINT_URL",
    "AWS_REGION",
    "AWS_SECRET_ACCESS_KEY",
  ]);
  const { mode } = await import("node:fs/promises").then(({ stat }) => stat(join(house.dataDir, "credentials.json")));
  expect(mode & 0o777).toBe(0o600);
});

test("no log of the house holds its secret", async () => {
  const secret = house.env["AWS_SECRET_ACCESS_KEY"] ?? "";
  for (const name of ["control-plane", "agent", "agent-fargate"]) {
    expect(readFileSync(join(house.dataDir, "log", `${name}.log`), "utf8")).not.toContain(secret);
  }
});

test("nothing of it listens beyond loopback", async () => {
  const pids = pidsOf();
  const { stdout } = await run("ss", ["-ltnpH"]).catch(() => ({ stdout: "" }));
  const ours = stdout.split("\n").filter((line) => pids.some((pid) => line.includes(`pid=${pid},`)));
  for (const line of ours) expect(line).toMatch(/\s(127\.0\.0\.1|\[::1\]):\d+\s/);
});

test("a wrong word gets the right one, and exit code 1", async () => {
  await expect(run(join(repository, "hatoba"), ["statis"])).rejects.toMatchObject({
    code: 1,
    stderr: expect.stringContaining("status"),
  });
});

test("down leaves no container, process, network or volume", async () => {
  const pids = pidsOf();
  expect(pids).toHaveLength(3);
  await house.hatoba("down");
  for (const pid of pids) expect(runs(pid)).toBe(false);
  expect(await house.containers()).toEqual([]);
  const filters = { label: [`dev.hatoba.house=${house.houseId}`] };
  expect(await house.engine.listNetworks({ filters })).toEqual([]);
  expect((await house.engine.listVolumes({ filters })).Volumes ?? []).toEqual([]);
  const port = Number(new URL(house.endpoint).port);
  const { promise, resolve } = Promise.withResolvers<boolean>();
  connect(port, "127.0.0.1")
    .once("connect", () => resolve(true))
    .once("error", () => resolve(false));
  expect(await promise).toBe(false);
  await expect(house.hatoba("status")).rejects.toThrow("stopped");
});

/** Not gone, and not only waiting for somebody to take note of its end. */
function runs(pid: number): boolean {
  const path = `/proc/${pid}/stat`;
  return existsSync(path) && !/^\d+ \(.*\) Z/.test(readFileSync(path, "utf8"));
}
