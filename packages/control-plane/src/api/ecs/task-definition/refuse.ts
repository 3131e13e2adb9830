import { EcsError } from "../api-error.ts";

/** Ends a registration: what ECS says of a task definition that cannot be is a ClientException. */
export function refuse(message: string): never {
  throw new EcsError("ClientException", message);
}

/** Refuses a number outside its range; one that is not given is fine. Both ends are in it. */
export function requireRange(
  value: number | undefined,
  { container, setting, from, to }: { container: string; setting: string; from: number; to: number },
): void {
  if (value === undefined || (Number.isInteger(value) && value >= from && value <= to)) return;
  refuse(`Invalid '${setting}' setting for container '${container}'. It must be between ${from} and ${to}.`);
}
