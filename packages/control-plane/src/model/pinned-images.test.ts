import { describe, expect, test } from "vitest";
import {
  exampleClusterArn,
  exampleContainer,
  exampleServiceArn,
  exampleTaskDefinition,
  exampleTaskDefinitionArn,
  exampleTime,
} from "./examples.ts";
import { imageAt, pinnedImages, withResolvedImages } from "./pinned-images.ts";
import type { ServiceRevision } from "./service-deployment.ts";

const digest = (letter: string) => `sha256:${letter.repeat(64)}`;
const revision: ServiceRevision = {
  serviceArn: exampleServiceArn,
  clusterArn: exampleClusterArn,
  taskDefinition: exampleTaskDefinitionArn,
  containerImages: [
    { containerName: "app", image: "web:1" },
    { containerName: "side", image: "tools" },
    { containerName: "free", image: "loose:latest" },
  ],
  createdAt: exampleTime,
};
const taskDefinition = exampleTaskDefinition({
  registered: {
    containerDefinitions: [
      { name: "app", image: "web:1" },
      { name: "side", image: "tools", versionConsistency: "enabled" },
      { name: "free", image: "loose:latest", versionConsistency: "disabled" },
    ],
  },
});
const telling = (digests: Readonly<Record<string, string>>) => ({
  containers: ["app", "side", "free"].map((name) =>
    exampleContainer({ name, ...(digests[name] === undefined ? {} : { imageDigest: digests[name] }) }),
  ),
});

describe("what a revision's tasks run", () => {
  test("is what the first of them resolved, container by container; who opts out stays free", () => {
    const first = withResolvedImages(revision, telling({ app: digest("a"), free: digest("f") }), taskDefinition);
    expect(pinnedImages(first)).toEqual({ app: digest("a") });
    const second = withResolvedImages(first, telling({ app: digest("b"), side: digest("c") }), taskDefinition);
    expect(pinnedImages(second)).toEqual({ app: digest("a"), side: digest("c") });
    expect(second.containerImages[0]).toEqual({ containerName: "app", image: "web:1", imageDigest: digest("a") });
    expect(withResolvedImages(second, telling({ app: digest("d") }), taskDefinition)).toBe(second);
  });

  test("is open as long as nobody said anything", () => {
    expect(withResolvedImages(revision, telling({}), taskDefinition)).toBe(revision);
    expect(pinnedImages(revision)).toEqual({});
  });
});

test.each([
  ["web", "web@sha256:1"],
  ["web:1", "web@sha256:1"],
  ["registry.example:5000/a/web:1", "registry.example:5000/a/web@sha256:1"],
  ["registry.example:5000/web", "registry.example:5000/web@sha256:1"],
  ["web@sha256:2", "web@sha256:2"],
  ["web:1@sha256:2", "web:1@sha256:2"],
])("%s by its digest is %s", (image, exact) => {
  expect(imageAt(image, "sha256:1")).toBe(exact);
  expect(imageAt(image, undefined)).toBe(image);
});
