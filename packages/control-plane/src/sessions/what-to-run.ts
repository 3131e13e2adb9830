import type { OpenSessionMessage, PortProperties } from "@hatoba/contract";
import type { Session } from "../model/session.ts";

/**
 * The version of the SSM agent that clients take us for; they compare it with those of its features. From 3.1.1511.0 on the
 * frames of multiplexed ports have no keep-alive. Source: exec session protocol, section 2.8.
 */
export const ourAgentVersion = "3.3.0.0";

/** From this version on clients put several connections to a port into one session. Source: SSM agent, port plug-in. */
const firstMultiplexingClient = [1, 1, 70, 0];

/** Whether what a client sends for a forwarded port are the frames of several connections. */
export function forwardsMultiplexed(port: PortProperties, clientVersion: string): boolean {
  if (port.type !== "LocalPortForwarding") return false;
  const parts = clientVersion.split(".").map(Number);
  if (parts.length !== firstMultiplexingClient.length || parts.some(Number.isNaN)) return false;
  const [own, first] = firstMultiplexingClient
    .map((part, index) => [parts[index] ?? 0, part] as const)
    .find(([a, b]) => a !== b) ?? [0, 0];
  return own >= first;
}

/** What the agent is asked to run for a session. */
export function runOf({ sessionType, command, port }: Session, multiplexed: boolean): OpenSessionMessage["run"] {
  if (port !== undefined) {
    const { host, portNumber } = port;
    return { type: "port", port: Number(portNumber), multiplexed, ...(host === undefined ? {} : { host }) };
  }
  const terminal = sessionType !== "NonInteractiveCommands";
  return { type: "command", terminal, ...(command === undefined ? {} : { command }) };
}
