import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { silentLogger } from "../platform/logger.ts";
import { containerPayload, openMachine, stopPayload, taskPayload } from "./engine.fixture.ts";
import { ImageKeeper, type KnownImage, planImageCleanup, withImageUsed } from "./image-keeper.ts";

const hour = 3_600_000;
const image = (id: string, more: Partial<KnownImage> = {}): KnownImage => ({
  id,
  names: [`${id}:1`],
  pulledAt: 0,
  usedAt: 0,
  ...more,
});
const cleanup = { minimumAgeMs: hour, imagesPerCycle: 5 };
const ids = (images: readonly KnownImage[]) => images.map(({ id }) => id);

describe("what is removed", () => {
  test("what nobody needs, old enough, the longest unused first, so many at a time", () => {
    const images = [
      image("needed"),
      image("by-digest", { names: ["by-digest:1", "by-digest@sha256:aa"] }),
      image("young", { pulledAt: 9 * hour + 1 }),
      image("late", { usedAt: 2 }),
      image("early", { usedAt: 1 }),
      image("untagged", { names: ["web@sha256:bb"], usedAt: 3 }),
    ];
    const needed = ["needed:1", "by-digest:7@sha256:aa"];
    expect(ids(planImageCleanup(images, needed, cleanup, 10 * hour))).toEqual(["early", "late", "untagged"]);
    expect(ids(planImageCleanup(images, needed, { ...cleanup, imagesPerCycle: 1 }, 10 * hour))).toEqual(["early"]);
  });

  test("a name without a tag is `latest`", () => {
    expect(planImageCleanup([image("web", { names: ["web:latest"] })], ["web"], cleanup, 10 * hour)).toEqual([]);
  });
});

describe("what is known of images", () => {
  const used = { id: "a", image: "web", digest: "sha256:aa", pulled: true };

  test("a pull makes one known, and one that was there already is not ours", () => {
    expect(withImageUsed([], { ...used, pulled: false }, 5)).toEqual([]);
    const known = withImageUsed([], used, 5);
    expect(known).toEqual([{ id: "a", names: ["web:latest", "web@sha256:aa"], pulledAt: 5, usedAt: 5 }]);
    expect(withImageUsed(known, { ...used, pulled: false }, 6)).toBe(known);
    expect(withImageUsed(known, { ...used, pulled: false }, 2 * hour)).toMatchObject([
      { pulledAt: 5, usedAt: 2 * hour },
    ]);
  });

  test("a tag that moves leaves the old image with its digest", () => {
    const known = withImageUsed(withImageUsed([], used, 1), { ...used, id: "b", digest: "sha256:bb" }, 2);
    expect(known.map(({ id, names }) => [id, names])).toEqual([
      ["a", ["web@sha256:aa"]],
      ["b", ["web:latest", "web@sha256:bb"]],
    ]);
  });

  test("whatever is pulled, a name has one image and an image one entry", () => {
    const one = fc.record({
      id: fc.constantFrom("a", "b", "c"),
      image: fc.constantFrom("x", "x:1", "y"),
      pulled: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(one), (uses) => {
        const known = uses.reduce<readonly KnownImage[]>(
          (images, use, at) => withImageUsed(images, use, at * hour),
          [],
        );
        const names = known.flatMap((each) => each.names);
        expect(new Set(names).size).toBe(names.length);
        expect(new Set(ids(known)).size).toBe(known.length);
        expect(known.every((each) => each.names.length > 0)).toBe(true);
      }),
    );
  });
});

test("an image that a task comes for while others are removed stays", async () => {
  const needed: string[] = [];
  const removed: string[] = [];
  let known: readonly KnownImage[] = [image("a", { usedAt: 1 }), image("b", { usedAt: 2 })];
  const keeper = new ImageKeeper({
    runtime: {
      async removeImage(name) {
        removed.push(name);
        needed.push("b:1");
        return "removed";
      },
    },
    logger: silentLogger,
    read: () => known,
    write(images) {
      known = images;
    },
    inUse: () => needed,
  });
  await keeper.cleanUp(cleanup, 10 * hour);
  expect(removed).toEqual(["a:1"]);
  expect(ids(known)).toEqual(["b"]);
});

test("an engine cleans up after its tasks, once they are gone and the image is old, and over a restart", async () => {
  const machine = await openMachine(({ image: name }) => ({ pullMs: name === "local" ? undefined : 10 }) as object, {});
  const containers = [containerPayload("app", { image: "web" }), containerPayload("side", { image: "local" })];
  await machine.engine.assign([taskPayload(1, { containers })], 1);
  await machine.pass(2 * hour, hour / 4);
  expect(machine.runtime.images).toEqual(["local:latest", "web:latest"]);
  await machine.engine.assign([stopPayload(1)], 2);
  await machine.pass(60_000, 10_000);
  await machine.restartAgent();
  expect(machine.runtime.images).toEqual(["local:latest", "web:latest"]);
  await machine.pass(hour, hour / 4);
  expect(machine.runtime.images).toEqual(["local:latest"]);
  expect(machine.state.facts().images).toEqual([]);
});

test("switched off, everything stays", async () => {
  const machine = await openMachine(() => ({ pullMs: 10 }), {}, { imageCleanup: undefined });
  await machine.engine.assign([taskPayload(1)], 1);
  await machine.pass(1000);
  await machine.engine.assign([stopPayload(1)], 2);
  await machine.pass(10 * hour, hour);
  expect(machine.runtime.images).toEqual(["app:latest"]);
});
