import type { AgentUpdate } from "../model/container-instance.ts";

/**
 * What happens to an agent's update. `said`: the message that its status calls for is on its way; `done`: the agent acknowledged it;
 * `refused`: it did not, or said nothing for too long; `restarted`: a new process of the agent has connected.
 */
export type UpdateEvent = "said" | "done" | "refused" | "restarted";

type Status = AgentUpdate["status"];
const steps: Readonly<Record<Status, Partial<Record<UpdateEvent, Status>>>> = {
  PENDING: { said: "STAGING" },
  // A release is fetched and checked when it is acknowledged. An agent that was started anew has to fetch it again.
  STAGING: { done: "STAGED", refused: "FAILED" },
  STAGED: { said: "UPDATING" },
  // Its acknowledgement says that it is about to end; the new process is what shows that it was changed.
  UPDATING: { refused: "FAILED", restarted: "UPDATED" },
  UPDATED: {},
  FAILED: {},
};

/** The status after an event; the same if the event says nothing new. Source: agent protocol, section 3.10; AgentUpdateStatus. */
export const nextUpdateStatus = (status: Status, event: UpdateEvent): Status => steps[status][event] ?? status;

/** What an agent is to be told in a status. */
export const updateMessageOf = (status: Status): "StageUpdateMessage" | "PerformUpdateMessage" | undefined => {
  if (status === "PENDING" || status === "STAGING") return "StageUpdateMessage";
  return status === "STAGED" || status === "UPDATING" ? "PerformUpdateMessage" : undefined;
};
