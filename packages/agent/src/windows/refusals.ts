import type { ChannelTask, ChannelTaskDefinitionContainer } from "@hatoba/contract";

/**
 * What this agent cannot do for a task on Windows and Docker would not refuse by itself, or refuse in words that help nobody. It
 * advertises none of it, so only a task that was placed by name comes so far. Source: agent protocol §10.1, Not available.
 */
export function lacksOnWindows(payload: ChannelTask): readonly string[] {
  const asked: readonly (readonly [string, boolean])[] = [
    ["the network mode awsvpc is not supported on Windows", payload.networkMode === "awsvpc"],
    ["the network mode host is not supported on Windows", payload.networkMode === "host"],
    ["pidMode is not supported on Windows", Boolean(payload.pidMode)],
    ["ipcMode is not supported on Windows", Boolean(payload.ipcMode)],
    ["proxyConfiguration is not supported on Windows", payload.proxyConfiguration !== undefined],
    ["fault injection is not supported on Windows", payload.enableFaultInjection === true],
    ["GPUs are not assigned on Windows", (payload.associations ?? []).some(({ type }) => type === "gpu")],
    ["Docker volumes on Windows have the driver local alone", (payload.volumes ?? []).some(hasOtherDriver)],
    ["links are not supported on Windows", payload.containers.some(hasLinks)],
    ["FireLens is not supported on Windows", payload.containers.some(isRouter)],
  ];
  return asked.flatMap(([what, isAsked]) => (isAsked ? [what] : []));
}

const isRouter = ({ firelensConfiguration }: ChannelTaskDefinitionContainer) => firelensConfiguration !== undefined;
const hasLinks = ({ links }: ChannelTaskDefinitionContainer) => (links ?? []).length > 0;

function hasOtherDriver({ dockerVolumeConfiguration }: NonNullable<ChannelTask["volumes"]>[number]): boolean {
  return (dockerVolumeConfiguration?.driver || "local") !== "local";
}
