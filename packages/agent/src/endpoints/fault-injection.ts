import { type KnownTask, networkModeOf } from "../engine/known-task.ts";
import { type Answer, json } from "./answer.ts";

const path = /^(?:network-blackhole-port|network-latency|network-packet-loss)\/(?:start|stop|status)$/;

/**
 * Network faults that a task asks for itself: refused, with the reason. @param rest of the path after `fault/v1/`
 * @returns undefined for a path that does not exist. Source: agent protocol §6.7.
 */
export function faultAnswer(method: string, rest: string, task: KnownTask | undefined, id: string): Answer | undefined {
  if (!path.test(rest)) return undefined;
  if (method !== "POST") return { status: 405, type: "text/plain", body: "" };
  if (task === undefined) return json({ Error: `unable to lookup container: ${id}` }, 404);
  if (!task.payload.enableFaultInjection) {
    return json({ Error: `enableFaultInjection is not enabled for task: ${task.arn}` }, 400);
  }
  const mode = networkModeOf(task.payload);
  if (mode !== "host" && mode !== "awsvpc") {
    return json({ Error: `${mode} mode is not supported. Please use either host or awsvpc mode.` }, 400);
  }
  return json({ Error: "this agent injects no network faults" }, 500);
}
