import { removeTaskCgroup } from "@hatoba/agent";
import type Docker from "dockerode";

/** The label by which everything that one house makes on an engine is found again; its value is the house's id. */
export const houseLabel = "dev.hatoba.house";

/** How many things of each kind were removed. */
export interface Removed {
  readonly containers: number;
  readonly networks: number;
  readonly volumes: number;
}

/** Stops and removes all containers of a house, then its volumes and networks. Things that are already gone count as removed. */
export async function removeOurThings(engine: Docker, houseId: string): Promise<Removed> {
  const filters = { label: [`${houseLabel}=${houseId}`] };
  const containers = await engine.listContainers({ all: true, filters });
  await Promise.all(containers.map(({ Id }) => removeContainer(engine, Id)));
  const tasks = new Set(containers.flatMap(({ Labels }) => Labels["com.amazonaws.ecs.task-arn"] ?? []));
  await Promise.all([...tasks].map((arn) => removeTaskCgroup(arn.slice(arn.lastIndexOf("/") + 1))));
  const { Volumes: volumes } = await engine.listVolumes({ filters });
  await Promise.all((volumes ?? []).map(({ Name }) => orGone(engine.getVolume(Name).remove())));
  const networks = await engine.listNetworks({ filters });
  const gone = await Promise.all(networks.map(({ Id }) => removeNetwork(engine, Id)));
  return { containers: containers.length, networks: gone.filter(Boolean).length, volumes: volumes?.length ?? 0 };
}

/** Asks it to stop as ECS would, with the grace that it was created with. */
async function removeContainer(engine: Docker, id: string): Promise<void> {
  const container = engine.getContainer(id);
  await orGone(container.stop());
  await orGone(container.remove({ force: true, v: true }));
}

/** A network that containers of another house are in stays. @returns whether it is gone */
async function removeNetwork(engine: Docker, id: string): Promise<boolean> {
  try {
    await orGone(engine.getNetwork(id).remove());
    return true;
  } catch (error) {
    if ((error as { statusCode?: number }).statusCode === 403) return false;
    throw error;
  }
}

/** 304: it was in that state already; 404: it is gone; 409: somebody else is removing it. */
async function orGone(call: Promise<unknown>): Promise<void> {
  try {
    await call;
  } catch (error) {
    const { statusCode } = error as { statusCode?: number };
    if (statusCode !== 304 && statusCode !== 404 && statusCode !== 409) throw error;
  }
}
