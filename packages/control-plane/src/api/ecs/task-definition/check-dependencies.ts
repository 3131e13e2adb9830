import type { NamedContainer } from "./check-containers.ts";
import { refuse } from "./refuse.ts";

/**
 * `dependsOn`: names of other containers, conditions that can come true, no circles.
 * Source: ECS API reference, ContainerDependency; text: boto/boto3 2436.
 */
export function checkDependencies(containers: readonly NamedContainer[]): void {
  const byName = new Map(containers.map((container) => [container.name, container]));
  for (const { name, dependsOn = [] } of containers) {
    for (const { containerName = "", condition } of dependsOn) {
      const other = byName.get(containerName);
      if (other === undefined)
        refuse(`Container '${name}' depends on container '${containerName}', which does not exist.`);
      if (containerName === name) refuse(`Container '${name}' cannot depend on itself.`);
      if (condition === "HEALTHY" && other.healthCheck === undefined) {
        refuse(`A dependency container with HEALTHY condition must have a health check: '${containerName}'.`);
      }
      if ((condition === "SUCCESS" || condition === "COMPLETE") && other.essential) {
        refuse("A dependency container with SUCCESS or COMPLETE condition cannot be an essential container");
      }
    }
  }
  const circle = circleIn(byName);
  if (circle !== undefined) refuse(`Container dependencies cannot form a cycle: ${circle.join(" -> ")}.`);
}

/** One circle of dependencies, from a container back to itself; undefined if there is none. */
function circleIn(containers: ReadonlyMap<string, NamedContainer>): readonly string[] | undefined {
  const done = new Set<string>();
  const visit = (name: string, path: readonly string[]): readonly string[] | undefined => {
    if (path.includes(name)) return [...path.slice(path.indexOf(name)), name];
    if (done.has(name)) return undefined;
    const next = containers.get(name)?.dependsOn ?? [];
    for (const { containerName = "" } of next) {
      const circle = visit(containerName, [...path, name]);
      if (circle !== undefined) return circle;
    }
    done.add(name);
    return undefined;
  };
  for (const name of containers.keys()) {
    const circle = visit(name, []);
    if (circle !== undefined) return circle;
  }
  return undefined;
}
