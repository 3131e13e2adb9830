import type { ContainerDetails } from "./container-details.ts";
import type { InspectAnswer } from "./docker-observation.ts";
import { observationOf } from "./docker-observation.ts";

/** The members of `GET /containers/ID/json` that a container is shown of itself. */
export interface DetailedAnswer extends InspectAnswer {
  readonly Image?: string;
  readonly Created?: string;
  readonly State: InspectAnswer["State"] & {
    readonly Health?: {
      readonly Status: string;
      readonly Log?: readonly { readonly ExitCode?: number; readonly Output?: string }[] | null;
    } | null;
  };
  readonly HostConfig?: {
    readonly LogConfig?: { readonly Type: string; readonly Config?: Readonly<Record<string, string>> | null };
  };
  readonly Mounts?:
    | readonly { readonly Name?: string; readonly Source?: string; readonly Destination?: string }[]
    | null;
}

/** What the engine knows of a container, as a container may read it of itself. */
export function detailsOf(answer: DetailedAnswer): ContainerDetails {
  const { id, name, labels, ports } = observationOf(answer);
  const { State: state, HostConfig: host } = answer;
  const log = host?.LogConfig;
  const last = state.Health?.Log?.at(-1);
  const isRunning = state.Status === "running" || state.Status === "paused";
  return {
    id,
    name,
    labels,
    ports,
    imageId: answer.Image ?? "",
    ...time("createdAt", answer.Created),
    ...time("startedAt", state.StartedAt),
    ...(isRunning ? {} : time("finishedAt", state.FinishedAt)),
    mounts: (answer.Mounts ?? []).map(({ Name, Source = "", Destination = "" }) => ({
      ...(Name ? { name: Name } : {}),
      source: Source,
      target: Destination,
    })),
    ...(log === undefined ? {} : { logDriver: log.Type, logOptions: log.Config ?? {} }),
    networks: Object.entries(answer.NetworkSettings?.Networks ?? {}).map(([network, settings]) => ({
      name: network,
      address: settings?.IPAddress ?? "",
    })),
    ...(last === undefined ? {} : { healthCheck: { exitCode: last.ExitCode ?? 0, output: last.Output ?? "" } }),
  };
}

/** The engine writes year 1 for "not yet". */
function time(name: "createdAt" | "startedAt" | "finishedAt", text: string | undefined): Partial<ContainerDetails> {
  return text !== undefined && Date.parse(text) > 0 ? { [name]: text } : {};
}
