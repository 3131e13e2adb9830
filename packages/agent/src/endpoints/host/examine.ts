import { connect, createServer } from "node:net";
import { areRulesPlaced, HostNetwork } from "./host-network.ts";
import { endpointPort } from "./rules.ts";
import { sharedDir } from "./shared-dir.ts";

/** How it stands with 169.254.170.2 on this machine; `problem` says why it cannot be brought about. */
export type EndpointReach =
  | { readonly problem: string }
  | { readonly areRulesPlaced: boolean; readonly isServed: boolean };

/** Looks whether containers of this machine reach an agent's task endpoints. Changes nothing. */
export async function examineTaskEndpoints(): Promise<EndpointReach> {
  try {
    const placed = await areRulesPlaced();
    return { areRulesPlaced: placed, isServed: await answers(endpointPort) };
  } catch (error) {
    return { problem: (error as Error).message };
  }
}

/** Takes the rules away that a killed agent left, unless one serves there. @returns whether there is nothing left of them */
export async function clearUnusedRules(): Promise<boolean> {
  const dir = sharedDir();
  if (dir === undefined || !(await isFree(endpointPort))) return false;
  try {
    await new HostNetwork(dir).close();
    return true;
  } catch {
    return false; // this user may not, so it was not this user's agent that placed them
  }
}

async function answers(port: number): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const socket = connect({ host: "127.0.0.1", port });
  socket.once("connect", () => resolve(true)).once("error", () => resolve(false));
  const isThere = await promise;
  socket.destroy();
  return isThere;
}

async function isFree(port: number): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const server = createServer();
  server.once("error", () => resolve(false)).listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  return await promise;
}
