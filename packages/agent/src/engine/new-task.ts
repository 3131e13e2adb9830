import type { ChannelTask } from "@hatoba/contract";
import { internalContainers } from "./dependency-order.ts";
import type { KnownTask } from "./known-task.ts";

/** `hex(n)`: n new random hexadecimal digits with every call. */
export type HexSource = (digits: number) => string;

/** A task as it arrives, with nothing of it begun. Source of the names: agent protocol §5.5. */
export function newKnownTask(payload: ChannelTask, hex: HexSource): KnownTask {
  const names = [...internalContainers(payload), ...payload.containers.map(({ name }) => name)];
  return {
    arn: payload.arn,
    payload,
    desiredStatus: "RUNNING",
    containers: names.map((name) => ({ name, runtimeName: runtimeName(payload, name, hex(20)), status: "NONE" })),
    acknowledged: { containers: {} },
  };
}

/**
 * A task that is wanted STOPPED and was never heard of: nothing of it is here, which is what there is to report.
 * Source: agent protocol §3.5.
 */
export function unknownStoppedTask(payload: ChannelTask): KnownTask {
  return {
    arn: payload.arn,
    payload,
    desiredStatus: "STOPPED",
    containers: payload.containers.map(({ name }) => ({ name, runtimeName: "", status: "STOPPED" })),
    ...(payload.containers.length > 0
      ? {}
      : { reason: "TaskStateError: Agent could not progress task's state to stopped" }),
    acknowledged: { containers: {} },
  };
}

/** `ecs-FAMILY-VERSION-NAME-RANDOM`, of letters, digits and hyphens. */
export function runtimeName({ family, version }: ChannelTask, name: string, random: string): string {
  return `ecs-${family}-${version}-${name.replace(/[^A-Za-z0-9-]/g, "")}-${random}`;
}
