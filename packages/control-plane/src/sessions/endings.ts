/** How a session came to its end. */
export interface Ending {
  readonly status: "Terminated" | "Failed";
  /** What the user is told; empty if the command ended by itself. */
  readonly output: string;
  /** For the record; absent if the command ended by itself. */
  readonly reason?: string;
  readonly exitCode?: number;
}

const told = (status: Ending["status"], text: string): Ending => ({ status, output: text, reason: text });

/** Source of the texts that are not ours: exec session protocol, section 4.4. */
export const endings = {
  exited: (exitCode: number): Ending => ({ status: "Terminated", output: "", exitCode }),
  targetStopped: (text: string, exitCode?: number): Ending => ({
    ...told("Terminated", text),
    ...(exitCode === undefined ? {} : { exitCode }),
  }),
  notStarted: (reason: string): Ending => ({ status: "Failed", output: `\n----------ERROR-------\n${reason}`, reason }),
  lost: (reason: string): Ending => told("Terminated", reason),
  instanceDeregistered: told("Terminated", "The container instance was deregistered."),
  idle: told("Terminated", "Your session timed out due to inactivity and has been terminated."),
  longest: told("Terminated", "Your session reached its maximum duration and has been terminated."),
  terminated: told("Terminated", "Your session was terminated by a call of TerminateSession."),
  leftByClient: {
    status: "Terminated",
    output: "",
    reason: "The client ended the session.",
  } satisfies Ending as Ending,
  clientGone: told("Terminated", "The client was away for too long."),
  silentClient: told("Terminated", "The client did not acknowledge what it was sent."),
  noHandshake: told("Failed", "The client did not answer the handshake."),
  refusedByClient: (error: string): Ending => told("Failed", `The client cannot serve this session: ${error}`),
  agentAway: told("Failed", "The agent of the container instance is not connected."),
  noLink: told(
    "Failed",
    "The agent of the container instance did not open the session in time. Sessions need Hatoba's own agent.",
  ),
  linkLost: told("Terminated", "The connection to the agent of the container instance was lost."),
  neverOpened: told("Failed", "No client opened the session in time."),
  controlPlaneStops: told("Terminated", "The control plane stops."),
} as const;
