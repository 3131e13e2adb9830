import type { Snapshot } from "../../store/store.ts";
import { HttpRefusal } from "../http/refusal.ts";
import type { Caller } from "../operation-context.ts";
import { agentSockets, mayMachine } from "./machine-rights.ts";
import { machineScope } from "./machine-scope.ts";

const denied = (message: string) => new HttpRefusal({ name: "AccessDeniedException", message, status: 400 });

/**
 * Lets a joined machine do what an agent does, for itself; anybody else is none of this function's business.
 * @param action as `ecs:SubmitTaskStateChange`
 * @throws HttpRefusal AccessDeniedException
 */
export function requireMachineRight(
  { machine, arn }: Caller,
  { action, input }: { readonly action: string; readonly input: Readonly<Record<string, unknown>> },
  snapshot: Snapshot,
): void {
  if (machine === undefined) return;
  if (machine.revoked)
    throw denied(`The machine ${machine.instanceId} was deregistered; its key opens nothing any more.`);
  if (!mayMachine(action, input, machineScope(machine.instanceId, snapshot))) {
    throw denied(`User: ${arn} is not authorized to perform: ${action}`);
  }
}

/**
 * Keeps the sockets of agents to agents: a machine opens its own. Sessions of roles are asked for their rights elsewhere.
 * @throws HttpRefusal InactiveInstanceException for a machine that was deregistered: its agent then waits long before it
 * tries again; AccessDeniedException otherwise. Source: agent protocol, section 3.3.
 */
export function requireSocketRight({ machine, arn }: Caller, url: string, snapshot: Snapshot): void {
  const { pathname, searchParams } = new URL(url, "http://localhost");
  const parameter = agentSockets[pathname];
  if (parameter === undefined || machine === undefined) return;
  if (machine.revoked) {
    const message = "Container instance is deregistered.";
    throw new HttpRefusal({ name: "InactiveInstanceException", message, status: 400 });
  }
  const named = searchParams.get(parameter) ?? "";
  if (machineScope(machine.instanceId, snapshot).ownsContainerInstance(named)) return;
  throw denied(`User: ${arn} is not authorized to connect as ${named || "a container instance"}`);
}
