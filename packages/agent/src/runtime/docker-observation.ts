import type { Observation, PortBinding } from "./container-runtime.ts";

/** The members of `GET /containers/ID/json` that this house reads. */
export interface InspectAnswer {
  readonly Id: string;
  readonly Name: string;
  readonly Config: { readonly Labels?: Readonly<Record<string, string>> | null; readonly Tty?: boolean };
  readonly State: {
    readonly Status: string;
    readonly OOMKilled?: boolean;
    readonly ExitCode: number;
    readonly Error?: string;
    readonly StartedAt?: string;
    readonly FinishedAt?: string;
    readonly Health?: { readonly Status: string } | null;
  };
  readonly HostConfig?: { readonly LogConfig?: { readonly Type: string } };
  readonly NetworkSettings?: {
    readonly Ports?: Readonly<Record<string, readonly { HostIp: string; HostPort: string }[] | null>> | null;
    readonly Networks?: Readonly<Record<string, { readonly IPAddress?: string } | null>> | null;
  };
}

/**
 * What the engine knows of a container, in the house's words.
 * @param sawOutOfMemory the engine's event said so: with cgroup v1 the exit can be recorded before the kernel's notice arrives.
 */
export function observationOf(answer: InspectAnswer, sawOutOfMemory = false): Observation {
  const { State: state } = answer;
  const status = statusOf(state.Status);
  const startedAt = timeOf(state.StartedAt);
  const finishedAt = timeOf(state.FinishedAt);
  const health = healthOf(state.Health?.Status);
  const address = addressOf(answer);
  return {
    id: answer.Id,
    name: answer.Name.replace(/^\//, ""),
    labels: answer.Config.Labels ?? {},
    status,
    ...(status === "STOPPED" ? { exitCode: exitCodeOf(state.ExitCode) } : {}),
    ...(status === "STOPPED" && (state.OOMKilled || sawOutOfMemory) ? { outOfMemory: true } : {}),
    ...(state.Error ? { error: state.Error } : {}),
    ...(startedAt === undefined ? {} : { startedAt }),
    // The engine takes the two times independently, and for a short life the end can come out before the start.
    ...(status !== "STOPPED" || finishedAt === undefined ? {} : { finishedAt: Math.max(finishedAt, startedAt ?? 0) }),
    ...(health === undefined ? {} : { health }),
    ports: portsOf(answer),
    ...(address === undefined ? {} : { address }),
  };
}

function statusOf(status: string): Observation["status"] {
  switch (status) {
    case "created":
    case "configured": // Podman's words for the same
    case "initialized":
      return "CREATED";
    case "running":
    case "paused":
    case "restarting":
    case "stopping":
      return "RUNNING";
    default: // exited, stopped, dead, removing
      return "STOPPED";
  }
}

/**
 * -1 stands for a process whose end the engine did not see, as after a crash of the engine. Exit codes of Windows have 32 bits
 * (3221225786 for Ctrl+C) and are told as the API's signed integer.
 */
function exitCodeOf(code: number): number {
  return code < 0 ? 255 : code | 0;
}

function healthOf(status: string | undefined): Observation["health"] {
  if (status === undefined || status === "" || status === "none") return undefined;
  if (status === "healthy") return "HEALTHY";
  return status === "unhealthy" ? "UNHEALTHY" : "UNKNOWN";
}

/** The engine writes year 1 for "not yet". */
function timeOf(text: string | undefined): number | undefined {
  const time = text === undefined ? Number.NaN : Date.parse(text);
  return time > 0 ? time : undefined;
}

function portsOf({ NetworkSettings: settings }: InspectAnswer): readonly Required<PortBinding>[] {
  return Object.entries(settings?.Ports ?? {}).flatMap(([key, bindings]) => {
    const [containerPort, protocol] = key.split("/");
    if (protocol !== "tcp" && protocol !== "udp") return [];
    return (bindings ?? []).map(({ HostIp, HostPort }) => ({
      containerPort: Number(containerPort),
      hostPort: Number(HostPort),
      protocol,
      hostIp: HostIp === "" ? "0.0.0.0" : HostIp,
    }));
  });
}

function addressOf({ NetworkSettings: settings }: InspectAnswer): string | undefined {
  return Object.values(settings?.Networks ?? {}).find((network) => network?.IPAddress)?.IPAddress;
}
