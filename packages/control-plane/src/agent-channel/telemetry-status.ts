import type { ContainerInstance, InstanceHealth } from "../model/container-instance.ts";
import { NotFoundError, type Store } from "../store/store.ts";
import { update } from "../store/update.ts";
import { objectsIn } from "./read-json.ts";

/** Keeps what an agent says of its machine: whether the container engine answers. Source: agent protocol, section 4.3. */
export async function keepStatus(statuses: unknown, containerInstanceArn: string, store: Store): Promise<void> {
  const health = objectsIn(statuses).flatMap(readStatus);
  if (health.length === 0) return;
  try {
    await update(store, "containerInstance", containerInstanceArn, (instance) => withStatus(instance, health));
  } catch (error) {
    if (!(error instanceof NotFoundError)) throw error;
  }
}

const types: Readonly<Record<string, InstanceHealth["type"]>> = {
  ContainerRuntime: "CONTAINER_RUNTIME",
  EBSDaemon: "DAEMON",
  AcceleratedCompute: "ACCELERATED_COMPUTE",
};

function readStatus(said: Readonly<Record<string, unknown>>): readonly InstanceHealth[] {
  const named = String(said["type"]);
  const type = Object.hasOwn(types, named) ? types[named] : undefined;
  const status = (["OK", "IMPAIRED", "INSUFFICIENT_DATA", "INITIALIZING"] as const).find(
    (one) => one === said["status"],
  );
  const [lastUpdated, lastStatusChange] = [said["lastUpdated"], said["lastStatusChange"]].map(asMilliseconds);
  if (type === undefined || status === undefined || lastUpdated === undefined) return [];
  return [{ type, status, lastUpdated, lastStatusChange: lastStatusChange ?? lastUpdated }];
}

/** Agents say epoch seconds with a fraction. */
const asMilliseconds = (seconds: unknown) =>
  typeof seconds === "number" && seconds > 0 && seconds < 1e11 ? Math.round(seconds * 1000) : undefined;

/** The instance with what its agent says of it; the same object if only the time went on. */
export function withStatus(instance: ContainerInstance, said: readonly InstanceHealth[]): ContainerInstance {
  const known = instance.health ?? [];
  const isNews = said.some(({ type, status, lastStatusChange }) => {
    const before = known.find((one) => one.type === type);
    return before?.status !== status || before.lastStatusChange !== lastStatusChange;
  });
  if (!isNews) return instance;
  const others = known.filter(({ type }) => said.every((one) => one.type !== type));
  return { ...instance, health: [...others, ...said] };
}
