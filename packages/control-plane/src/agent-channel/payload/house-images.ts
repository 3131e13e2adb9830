import type { ChannelTask, ChannelTaskDefinitionContainer, Place } from "@hatoba/contract";

/** The names that the house's registry goes by. */
export interface HouseRegistry {
  readonly place: Place;
  /** Of the listener: with it, every loopback name is the house. */
  readonly port: number;
  /** Further names, as `10.0.0.5:4577`. */
  readonly hosts: readonly string[];
}

/**
 * A task whose images of the house's registry are named as its agent reaches the house, and which says that the agent is to log in
 * there. One image has many names: `127.0.0.1:4577/app` where it was pushed, `10.0.0.5:4577/app` on another machine,
 * `000000000000.dkr.ecr.us-east-1.amazonaws.com/app` in a task definition that is to work at AWS too.
 * @param reachedAt the address by which the agent came, as `https://10.0.0.5:4577`
 * Source: agent protocol, RegistryAuthenticationData.
 */
export function withHouseImages(
  task: ChannelTask,
  { reachedAt, registry }: { readonly reachedAt: string; readonly registry: HouseRegistry },
): ChannelTask {
  const host = URL.canParse(reachedAt) ? new URL(reachedAt).host : "";
  if (host === "") return task;
  const useExecutionRole = task.executionRoleCredentials !== undefined;
  const place = (container: ChannelTaskDefinitionContainer): ChannelTaskDefinitionContainer => {
    const slash = container.image.indexOf("/");
    const named = container.image.slice(0, Math.max(slash, 0));
    if (container.registryAuthentication !== undefined || !isHouse(named, host, registry)) return container;
    const { accountId: registryId, region } = registry.place;
    return {
      ...container,
      image: `${host}${container.image.slice(slash)}`,
      registryAuthentication: {
        type: "ecr",
        ecrAuthData: { registryId, region, endpointOverride: reachedAt, useExecutionRole },
      },
    };
  };
  return { ...task, containers: task.containers.map(place) };
}

function isHouse(named: string, host: string, { place, port, hosts }: HouseRegistry): boolean {
  if (named === "") return false;
  const { accountId, region } = place;
  const atAws = [`${accountId}.dkr.ecr.${region}.amazonaws.com`, `${accountId}.dkr-ecr.${region}.on.aws`];
  const isLoopback = named.endsWith(`:${port}`) && /^(127(\.\d{1,3}){3}|localhost|\[::1\]):\d+$/.test(named);
  return isLoopback || named === host || hosts.includes(named) || atAws.includes(named);
}
