import type { TaskManagedEBSVolumeConfiguration } from "@aws-sdk/client-ecs";
import { expect, test } from "vitest";
import { exampleTaskDefinition } from "../../../model/examples.ts";
import { volumeWishes } from "./volume-wishes.ts";

const definition = (volumes: readonly object[] = [{ name: "data", configuredAtLaunch: true }]) => {
  const example = exampleTaskDefinition({ tags: [{ key: "of", value: "definition" }] });
  return { ...example, registered: { ...example.registered, volumes } } as typeof example;
};
const roleArn = "arn:aws:iam::000000000000:role/infrastructure";
const wishes = (managed: Partial<TaskManagedEBSVolumeConfiguration>, name = "data") =>
  volumeWishes([{ name, managedEBSVolume: { roleArn, ...managed } }], definition());

test("a volume has ECS's defaults, and the tags that it is to have", () => {
  expect(wishes({ sizeInGiB: 10 })).toEqual([
    { name: "data", sizeGiB: 10, volumeType: "gp3", encrypted: false, roleArn, deleteOnTermination: true, tags: [] },
  ]);
  const [wish] = wishes({
    sizeInGiB: 4,
    volumeType: "io1",
    iops: 100,
    filesystemType: "ext3",
    encrypted: true,
    tagSpecifications: [{ resourceType: "volume", propagateTags: "TASK_DEFINITION", tags: [{ key: "a", value: "1" }] }],
    terminationPolicy: { deleteOnTermination: false },
  });
  expect(wish).toMatchObject({ iops: 100, fileSystem: "ext3", encrypted: true, deleteOnTermination: false });
  expect(wish?.tags).toEqual([
    { key: "of", value: "definition" },
    { key: "a", value: "1" },
  ]);
});

test.each<[Partial<TaskManagedEBSVolumeConfiguration>, string]>([
  [{}, "needs a sizeInGiB"],
  [{ sizeInGiB: 0 }, "from 1 to 16384"],
  [{ sizeInGiB: 1, volumeType: "st1" }, "from 125 to 16384"],
  [{ sizeInGiB: 1, volumeType: "gp9" }, "volumeType can be"],
  [{ sizeInGiB: 4, volumeType: "io2" }, "needs iops"],
  [{ sizeInGiB: 4, volumeType: "gp2", iops: 100 }, "cannot have iops"],
  [{ sizeInGiB: 4, iops: 10 }, "iops of a volume of type gp3 can be from"],
  [{ sizeInGiB: 4, volumeType: "gp2", throughput: 125 }, "cannot have a throughput"],
  [{ sizeInGiB: 4, roleArn: "" }, "needs a roleArn"],
  [{ snapshotId: "snap-1" }, "does not have snapshots"],
  [{ sizeInGiB: 4, filesystemType: "ntfs" }, "does not have NTFS"],
])("refuses %j", (managed, message) => {
  expect(() => wishes(managed)).toThrow(message);
});

test("configurations and volumes that are configured at launch belong together, one at the most", () => {
  expect(volumeWishes(undefined, definition([{ name: "plain" }]))).toEqual([]);
  expect(() => volumeWishes([], definition())).toThrow("needs a volume configuration");
  expect(() => wishes({ sizeInGiB: 1 }, "other")).toThrow("The volume name other was not found");
  const one = { name: "data", managedEBSVolume: { roleArn, sizeInGiB: 1 } };
  expect(() => volumeWishes([one, one], definition())).toThrow("Only one managed EBS volume");
});
