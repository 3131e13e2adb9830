import { randomUUID } from "node:crypto";
import { mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { MachineKeys } from "../credentials/machine-keys.ts";
import { HouseKeyFile } from "../credentials/open-house-key.ts";
import { SealedTexts } from "../credentials/sealed-text.ts";
import { TaskCredentials } from "../credentials/task-credentials.ts";
import { TemporaryCredentials } from "../credentials/temporary-credentials.ts";
import { exampleManagedInstance } from "../model/examples.ts";
import { managedInstanceKey } from "../model/managed-instance.ts";
import { ManualClock } from "../platform/clock.ts";
import { silentLogger } from "../platform/logger.ts";
import { MemoryStore } from "../store/memory-store.ts";
import { KeyRotation } from "./key-rotation.ts";

const hourMs = 3_600_000;
const many = 450;
let folder: string;
let path: string;
let clock: ManualClock;
let store: MemoryStore;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "hatoba-keys-"));
  path = join(folder, "house.key");
  clock = new ManualClock();
  store = new MemoryStore();
});
afterEach(() => rm(folder, { recursive: true }));

/** Everything that goes by the house's keys, as one process has it. */
async function house() {
  const keys = await HouseKeyFile.open(path);
  const texts = (purpose: string) => new SealedTexts(keys, purpose);
  const sealers = {
    connections: texts("event connections"),
    parameters: texts("parameters"),
    secrets: texts("secrets"),
    machineKeys: new MachineKeys(keys),
  };
  const temporary = new TemporaryCredentials(keys);
  const onRevoked = vi.fn();
  const rotation = new KeyRotation({ keys, store, sealers, clock, logger: silentLogger, onRevoked });
  return { keys, sealers, temporary, tasks: new TaskCredentials(temporary), rotation, onRevoked };
}
type House = Awaited<ReturnType<typeof house>>;

async function fill({ sealers }: House): Promise<void> {
  const machine = { ...exampleManagedInstance(), ...joined(sealers) };
  await store.commit([
    { kind: "managedInstance", arn: managedInstanceKey(machine.instanceId), expected: 0, value: machine },
    ...Array.from({ length: many }, (_, at) => ({
      kind: "secretVersion" as const,
      arn: `s/${at}`,
      expected: 0,
      value: { secretArn: "s", versionId: String(at), sealedValue: sealers.secrets.seal(`value ${at}`) },
    })),
  ]);
}
function joined({ machineKeys }: House["sealers"]) {
  const { accessKeyId } = machineKeys.keyOf("mi-1", "salt");
  return { instanceId: "mi-1", keySalt: "salt", accessKeyId };
}

/** The store opens with the current key alone. */
function expectResealed({ sealers, keys }: House): void {
  const alone = new SealedTexts(keys.current, "secrets");
  const versions = store.snapshot().list("secretVersion");
  expect(versions.map(({ value }) => alone.open(value.sealedValue))).toEqual(
    Array.from({ length: many }, (_, at) => `value ${at}`),
  );
  const machine = store.snapshot().list("managedInstance")[0]?.value;
  if (machine === undefined) throw new Error("no machine");
  expect(new MachineKeys(keys.current).secretOf(machine)).toBe(sealers.machineKeys.secretOf(machine));
}

const role = {
  taskArn: "arn:aws:ecs:r:1:task/c/1",
  roleType: "TaskApplication",
  roleArn: "arn:aws:iam::1:role/r",
} as const;

test("a new key seals everything anew; the old one opens what it issued for twelve hours more", async () => {
  const one = await house();
  await one.rotation.start();
  await fill(one);
  const task = { ...role, createdAt: clock.now() };
  const issued = one.tasks.issue(task, clock.now());
  const secret = one.sealers.machineKeys.keyOf("mi-1", "salt").secretAccessKey;
  const [old] = one.keys.all;

  expect(await one.rotation.rotate()).toEqual({ resealed: many + 1, oldKeysUntil: clock.now() + 12 * hourMs });
  expectResealed(one);
  expect(one.keys.all).toEqual([one.keys.current, old]);
  expect(one.temporary.open(issued.accessKeyId, issued.sessionToken)?.session.taskArn).toBe(role.taskArn);
  const renewed = one.tasks.issue(task, clock.now());
  expect(renewed.credentialsId).toBe(issued.credentialsId);
  expect(renewed.sessionToken).not.toBe(issued.sessionToken);

  // Another process sees the same.
  const two = await house();
  expect(two.keys.all).toEqual(one.keys.all);
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  await two.rotation.start();
  clock.advance(13 * hourMs);
  await vi.waitFor(() => expect(two.keys.all).toEqual([one.keys.current]));
  expect(await readFile(path, "utf8")).not.toContain(old?.toString("base64"));
  expect(two.temporary.open(issued.accessKeyId, issued.sessionToken)).toBeUndefined();
  expect(two.tasks.issue(task, clock.now()).credentialsId).toBe(issued.credentialsId);
  const machine = store.snapshot().list("managedInstance")[0]?.value;
  expect(machine && two.sealers.machineKeys.secretOf(machine)).toBe(secret);
  two.rotation.close();
  one.rotation.close();
});

test("a process that ends in the middle leaves it to the next", async () => {
  const one = await house();
  await fill(one);
  // The second commit never happens, as if the process had been killed there.
  let commits = 0;
  const commit = store.commit.bind(store);
  vi.spyOn(store, "commit").mockImplementation((writes) => {
    commits += 1;
    return commits > 1 ? Promise.reject(new Error("killed")) : commit(writes);
  });
  await expect(one.rotation.rotate()).rejects.toThrow("killed");
  vi.restoreAllMocks();
  const two = await house();
  expect(two.keys.all).toHaveLength(2);
  // All of it opens in between.
  const texts = store
    .snapshot()
    .list("secretVersion")
    .map(({ value }) => two.sealers.secrets.open(value.sealedValue));
  expect(texts).toHaveLength(many);
  await two.rotation.start();
  expectResealed(two);
  two.rotation.close();
});

test("several changes one after another leave nothing behind", async () => {
  const one = await house();
  await fill(one);
  const [first] = await Promise.all([one.rotation.rotate(), one.rotation.rotate(), one.rotation.rotate()]);
  expect(first.resealed).toBe(many + 1);
  expect(one.keys.all).toHaveLength(4);
  expectResealed(one);
});

test("old keys can be revoked at once: what they issued opens nothing, and tasks are to get new credentials", async () => {
  const one = await house();
  await fill(one);
  const issued = one.tasks.issue({ ...role, createdAt: 1 }, clock.now());
  const done = one.rotation.rotate({ revoke: true });
  await vi.waitFor(() => {
    clock.advance(1000);
    expect(one.onRevoked).toHaveBeenCalledOnce();
  });
  await done;
  expect(one.keys.all).toHaveLength(1);
  expect(one.temporary.open(issued.accessKeyId, issued.sessionToken)).toBeUndefined();
  expectResealed(one);
});

test("a text that no key opens is left alone, and stops neither a change of keys nor the next start", async () => {
  const one = await house();
  await fill(one);
  const stranger = {
    secretArn: "s",
    versionId: "x",
    sealedValue: new SealedTexts(Buffer.alloc(32), "secrets").seal("?"),
  };
  await store.commit([{ kind: "secretVersion", arn: "s/x", expected: 0, value: stranger }]);
  expect((await one.rotation.rotate()).resealed).toBe(many + 1);
  const two = await house();
  await two.rotation.start();
  expect(store.snapshot().get("secretVersion", "s/x")?.value).toEqual(stranger);
  two.rotation.close();
});

test("what is being committed while the key changes is sealed anew, before its commit is on disk", async () => {
  const one = await house();
  const sealedValue = one.sealers.secrets.seal("late");
  const replaced = vi.spyOn(one.keys, "replace");
  const late = Promise.withResolvers<unknown>();
  replaced.mockImplementationOnce(async (ring) => {
    replaced.mockRestore();
    await one.keys.replace(ring);
    const value = { secretArn: "s", versionId: "late", sealedValue };
    late.resolve(store.commit([{ kind: "secretVersion", arn: "s/late", expected: 0, value }]));
  });
  expect((await one.rotation.rotate()).resealed).toBe(1);
  await late.promise;
  const value = store.snapshot().get("secretVersion", "s/late")?.value;
  expect(new SealedTexts(one.keys.current, "secrets").open(value?.sealedValue ?? "")).toBe("late");
});

test("after a failure, old keys are looked at again", async () => {
  const one = await house();
  await one.rotation.rotate();
  const replaced = vi.spyOn(one.keys, "replace");
  replaced.mockRejectedValueOnce(new Error("no room"));
  clock.advance(13 * hourMs);
  await expect(one.rotation.start()).rejects.toThrow("no room");
  clock.advance(hourMs);
  await vi.waitFor(() => expect(one.keys.all).toHaveLength(1));
  one.rotation.close();
});

test("copies of the file that somebody made stay; what a killed process left goes", async () => {
  await house();
  const [copy, draft] = [`${path}.before-rotation`, `${path}.${randomUUID()}`];
  for (const each of [copy, draft]) {
    await writeFile(each, "old");
    await utimes(each, 1, 1);
  }
  await house();
  expect((await readdir(folder)).toSorted()).toEqual(["house.key", "house.key.before-rotation"]);
});

test("a file that holds something else is refused, and its content not repeated", async () => {
  await (await house()).rotation.start();
  await writeFile(path, '{"keys":[{"createdAt":1,"key":"geheim"}]}');
  await expect(HouseKeyFile.open(path)).rejects.toThrow(/does not hold the house's keys/);
});
