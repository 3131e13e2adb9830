import { spawn } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, utimesSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { afterEach, beforeEach, expect, test } from "vitest";
import { SealedTexts } from "../../packages/control-plane/src/credentials/sealed-text.ts";
import { KeyRotation } from "../../packages/control-plane/src/key-rotation/key-rotation.ts";
import { systemClock } from "../../packages/control-plane/src/platform/clock.ts";
import { silentLogger } from "../../packages/control-plane/src/platform/logger.ts";
import { openKeyHouse } from "./key-crash.ts";

const many = 1000;
const rounds = 5;

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "hatoba-key-crash-"));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const open = () =>
  openKeyHouse(directory, (error) => {
    throw error;
  });
const textsOf = ({ store, sealers }: Awaited<ReturnType<typeof open>>) =>
  store
    .snapshot()
    .list("secretVersion")
    .map(({ value }) => sealers.secrets.open(value.sealedValue));

async function killedWhileRotating(afterMs: number): Promise<void> {
  const child = spawn(process.execPath, [join(import.meta.dirname, "key-crash.child.ts"), directory], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = new Promise((resolve) => child.once("close", resolve));
  await new Promise((resolve) => child.stdout.once("data", resolve));
  await wait(afterMs); // at any line of it
  child.kill("SIGKILL");
  await ended;
}

test("a change of the house's key may be killed anywhere: all texts open, and the next start finishes it", async () => {
  const wanted = Array.from({ length: many }, (_, at) => `value ${at}`);
  const first = await open();
  await first.store.commit(
    wanted.map((text, at) => ({
      kind: "secretVersion",
      arn: `s/${at}`,
      expected: 0,
      value: { secretArn: "s", versionId: String(at), sealedValue: first.sealers.secrets.seal(text) },
    })),
  );
  await first.store.close();

  let unfinished = 0;
  for (let round = 0; round < rounds; round += 1) {
    await killedWhileRotating(5 + Math.random() * 150);
    const house = await open();
    expect(textsOf(house).toSorted()).toEqual(wanted.toSorted());
    const alone = () => new SealedTexts(house.keys.current, "secrets");
    const stored = house.store.snapshot().list("secretVersion");
    unfinished += stored.every(({ value }) => opens(alone(), value.sealedValue)) ? 0 : 1;
    const rotation = new KeyRotation({ ...house, clock: systemClock, logger: silentLogger });
    await rotation.start();
    rotation.close();
    const resealed = house.store.snapshot().list("secretVersion");
    expect(resealed.filter(({ value }) => !opens(alone(), value.sealedValue))).toEqual([]);
    await house.store.close();
  }
  expect(unfinished).toBeGreaterThan(0); // or it was never killed in the middle
  // Drafts that a killed process left are gone once they are old.
  for (const name of readdirSync(directory).filter((each) => each.startsWith("house.key."))) {
    utimesSync(join(directory, name), 0, 0);
  }
  await (await open()).store.close();
  expect(readdirSync(directory).filter((name) => name.startsWith("house.key"))).toEqual(["house.key"]);
});

function opens(texts: SealedTexts, sealed: string): boolean {
  try {
    texts.open(sealed);
    return true;
  } catch {
    return false;
  }
}
