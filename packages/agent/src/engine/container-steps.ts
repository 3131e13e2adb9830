/** A container's statuses in the order it passes them; it may leave some out, and never goes back. */
export const containerStatuses = ["NONE", "PULLED", "CREATED", "RUNNING", "STOPPED"] as const;
export type ContainerStatus = (typeof containerStatuses)[number];

/** What can be done to a container. */
export type Act = "pull" | "create" | "start" | "stop";
export type Step =
  | { readonly do: "nothing" }
  /** `on` is the name of the container it waits for. */
  | { readonly do: "wait"; readonly on: string }
  | { readonly do: Act; readonly reaching: ContainerStatus };

/** Who stands in the way: of coming into being, and of being stopped. */
export interface Blockers {
  readonly startBlockedBy?: string;
  readonly stopBlockedBy?: string;
}

const towardsRunning: Record<ContainerStatus, Step> = {
  NONE: { do: "pull", reaching: "PULLED" },
  PULLED: { do: "create", reaching: "CREATED" },
  CREATED: { do: "start", reaching: "RUNNING" },
  RUNNING: { do: "nothing" },
  STOPPED: { do: "nothing" },
};

/**
 * The one thing to do next for a container. The engine does it, records what came of it, and asks again.
 * Images are pulled while a container still waits for others; only what runs waits for its turn to be stopped.
 */
export function nextStep(known: ContainerStatus, desired: "RUNNING" | "STOPPED", blockers: Blockers = {}): Step {
  if (known === "STOPPED") return { do: "nothing" };
  if (desired === "STOPPED") {
    const waits = known === "RUNNING" && blockers.stopBlockedBy !== undefined;
    return waits ? { do: "wait", on: blockers.stopBlockedBy } : { do: "stop", reaching: "STOPPED" };
  }
  const step = towardsRunning[known];
  const blocked = step.do === "create" || step.do === "start" ? blockers.startBlockedBy : undefined;
  return blocked === undefined ? step : { do: "wait", on: blocked };
}

/** The later of two statuses. */
export function furthest(a: ContainerStatus, b: ContainerStatus): ContainerStatus {
  return containerStatuses.indexOf(a) < containerStatuses.indexOf(b) ? b : a;
}
