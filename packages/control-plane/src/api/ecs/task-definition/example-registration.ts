import type { ContainerDefinition } from "@aws-sdk/client-ecs";
import type { Input } from "../operation.ts";

type Registration = Input<"RegisterTaskDefinition">;

/** A container that can be registered as it is. */
export const exampleContainerDefinition = (overrides: Partial<ContainerDefinition> = {}): ContainerDefinition => ({
  name: "app",
  image: "web:1",
  memory: 128,
  ...overrides,
});

/** The least that can be registered for EC2. */
export const exampleRegistration = (overrides: Partial<Registration> = {}): Registration => ({
  family: "web",
  containerDefinitions: [exampleContainerDefinition()],
  ...overrides,
});

/** The least that can be registered for Fargate; `container` goes into its one container. */
export const exampleFargateRegistration = (
  overrides: Partial<Registration> = {},
  container: Partial<ContainerDefinition> = {},
): Registration => ({
  family: "web",
  requiresCompatibilities: ["FARGATE"],
  networkMode: "awsvpc",
  cpu: "256",
  memory: "512",
  containerDefinitions: [{ name: "app", image: "web:1", ...container }],
  ...overrides,
});
