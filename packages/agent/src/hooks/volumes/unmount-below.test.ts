import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { unmountBelow } from "./unmount-below.ts";

let root: string;
let data: string;
beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), "hatoba-unmount-")));
  data = join(root, "data");
  mkdirSync(data);
});
afterEach(() => rmSync(root, { recursive: true }));

const line = (mountPoint: string) => `30 1 0:40 / ${mountPoint} rw - ext4 /dev/loop0 rw`;
const mounts = () =>
  ["/", data, `${data}/ebs/vol-1/mnt`, `${data}/efs`, `${data}/efs/a\\040b\\134c`, `${data}2/efs`].map(line).join("\n");

test("what is mounted below a directory goes, the deepest first, and nothing else", () => {
  const gone: string[] = [];
  unmountBelow(data, { mounts, unmount: (mountPoint) => void gone.push(mountPoint) });
  expect(gone).toEqual([`${data}/ebs/vol-1/mnt`, `${data}/efs/a b\\c`, `${data}/efs`]);
});

test("so it is for a directory that is given by a link", () => {
  const gone: string[] = [];
  symlinkSync(data, join(root, "link"));
  unmountBelow(join(root, "link"), { mounts, unmount: (mountPoint) => void gone.push(mountPoint) });
  expect(gone).toHaveLength(3);
});

test("below a directory that is not there nothing is", () => {
  unmountBelow(join(root, "none"), { mounts, unmount: () => expect.unreachable() });
});

test("what stays mounted is an error, before anything is removed", () => {
  const unmount = () => {
    throw new Error("target is busy");
  };
  expect(() => unmountBelow(data, { mounts, unmount })).toThrow(
    /mnt cannot be unmounted, so nothing in \S+ is removed/,
  );
});
