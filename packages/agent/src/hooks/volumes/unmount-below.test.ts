import { expect, test } from "vitest";
import { unmountBelow } from "./unmount-below.ts";

const line = (mountPoint: string) => `30 1 0:40 / ${mountPoint} rw - ext4 /dev/loop0 rw`;
const mounts = () =>
  ["/", "/data", "/data/ebs/vol-1/mnt", "/data/efs", "/data/efs/a\\040b", "/data2/efs"].map(line).join("\n");

test("what is mounted below a directory goes, the deepest first, and nothing else", () => {
  const gone: string[] = [];
  unmountBelow("/data", { mounts, unmount: (mountPoint) => void gone.push(mountPoint) });
  expect(gone).toEqual(["/data/ebs/vol-1/mnt", "/data/efs/a b", "/data/efs"]);
});

test("what stays mounted is an error, before anything is removed", () => {
  const unmount = () => {
    throw new Error("target is busy");
  };
  expect(() => unmountBelow("/data", { mounts, unmount })).toThrow(
    /mnt cannot be unmounted, so nothing in \/data is removed/,
  );
});
