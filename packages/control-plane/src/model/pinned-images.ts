import type { ContainerDefinition } from "@aws-sdk/client-ecs";
import type { ServiceRevision } from "./service-deployment.ts";
import type { Task } from "./task.ts";
import type { TaskDefinition } from "./task-definition.ts";

/** Digests (`sha256:…`) by the containers that are to run them. */
export type PinnedImages = Readonly<Record<string, string>>;

/** What a revision's tasks have to run, as far as that is established. */
export const pinnedImages = ({ containerImages }: Pick<ServiceRevision, "containerImages">): PinnedImages =>
  Object.fromEntries(
    containerImages.flatMap(({ containerName, imageDigest }) =>
      containerName !== undefined && imageDigest !== undefined ? [[containerName, imageDigest]] : [],
    ),
  );

/**
 * A revision after one of its tasks told which digests its images resolved to: the first word counts for all tasks to come.
 * Containers that opt out of it resolve anew each time. Source: ECS API reference, ContainerImage, versionConsistency.
 * @returns the very same revision if nothing new was said
 */
export function withResolvedImages(
  revision: ServiceRevision,
  { containers }: Pick<Task, "containers">,
  { registered }: Pick<TaskDefinition, "registered">,
): ServiceRevision {
  const digestOf = (name: string | undefined) => {
    const definition = registered.containerDefinitions?.find((each) => each.name === name);
    return definition !== undefined && isPinned(definition)
      ? containers.find((each) => each.name === name)?.imageDigest
      : undefined;
  };
  let isNews = false;
  const containerImages = revision.containerImages.map((image) => {
    const imageDigest = image.imageDigest ?? digestOf(image.containerName);
    if (imageDigest === image.imageDigest || imageDigest === undefined) return image;
    isNews = true;
    return { ...image, imageDigest };
  });
  return isNews ? { ...revision, containerImages } : revision;
}

const isPinned = ({ versionConsistency }: ContainerDefinition) => versionConsistency !== "disabled";

/** An image by its digest in place of its tag; one that is named by a digest stays as it is. */
export function imageAt(image: string, digest: string | undefined): string {
  if (digest === undefined || image.includes("@")) return image;
  const colon = image.indexOf(":", image.lastIndexOf("/") + 1);
  return `${colon < 0 ? image : image.slice(0, colon)}@${digest}`;
}
