import type { ContainerDefinition } from "@aws-sdk/client-ecs";
import { isName } from "../names.ts";
import { refuse } from "./refuse.ts";

/** A container of which the name and image have been checked. */
export type NamedContainer = ContainerDefinition & { readonly name: string; readonly image: string };

/**
 * Names, images, and that there is an essential container; what all other checks rely on.
 * Source of the texts: hashicorp/terraform 2888, ansible 22860, aws/amazon-ecs-cli 184, cloudformation-user-guide 454.
 */
export function requireContainers(containers: readonly ContainerDefinition[]): readonly NamedContainer[] {
  if (containers.length === 0) refuse("Container list cannot be empty.");
  if (containers.length > 10) refuse("Too many containers.");
  const names = new Set<string>();
  const named = containers.map((container) => {
    const { name, image } = container;
    if (!name) refuse("Container.name should not be null or empty.");
    if (name.length > 255) refuse("Container.name should not be longer than 255 characters.");
    if (!isName(name)) refuse("Container.name contains invalid characters.");
    if (!image) refuse("Container.image should not be null or empty.");
    if (/\s/.test(image)) refuse("Container.image contains invalid characters.");
    if (names.has(name)) refuse(`Duplicate container name '${name}'. It can be used only once in a task.`);
    names.add(name);
    return { ...container, name, image };
  });
  if (!containers.some(({ essential = true }) => essential)) {
    refuse("At least one container in the task definition must be essential.");
  }
  return named;
}
