import { describe, expect, test } from "vitest";
import type { ContainerInstance } from "../../model/container-instance.ts";
import { exampleContainerInstance, exampleContainerInstanceArn, exampleTime } from "../../model/examples.ts";
import { instanceState, type Patience } from "./lost-tasks.ts";

const arn = exampleContainerInstanceArn(10);
const minute = 60_000;
const state = (of: Partial<ContainerInstance> | undefined, patience: Partial<Patience> = {}) =>
  instanceState(arn, of && exampleContainerInstance(of), {
    now: exampleTime + 9 * minute,
    listeningSince: 0,
    agentLostAfterMs: 10 * minute,
    ...patience,
  });
const away = { agentConnected: false, agentConnectedAt: exampleTime };
const disconnected = `The agent of container instance 0000000000000000000000000000000a has been disconnected for 600 seconds`;

describe("a container instance", () => {
  test.each<[string, ReturnType<typeof state>, ReturnType<typeof state>]>([
    ["is there while its agent is connected", state({ agentConnectedAt: 0 }, { now: 10 ** 13 }), { is: "there" }],
    ["is there while it drains", state({ status: "DRAINING" }), { is: "there" }],
    ["is away for a while", state(away), { is: "away", givenUpAt: exampleTime + 10 * minute }],
    [
      "is away from its registration on if it never connected",
      state({ agentConnected: false, registeredAt: exampleTime + minute, agentConnectedAt: undefined as never }),
      { is: "away", givenUpAt: exampleTime + 11 * minute },
    ],
    [
      "is not away before the control plane could be connected to",
      state(away, { now: exampleTime + 15 * minute, listeningSince: exampleTime + 14 * minute }),
      { is: "away", givenUpAt: exampleTime + 24 * minute },
    ],
    [
      "is lost then, also while it drains",
      state({ ...away, status: "DRAINING" }, { now: exampleTime + 10 * minute }),
      { is: "lost", why: { stopCode: "TerminationNotice", stoppedReason: disconnected } },
    ],
    [
      "is lost once it is deregistered, connected or not",
      state({ status: "INACTIVE" }),
      {
        is: "lost",
        why: { stopCode: "TerminationNotice", stoppedReason: "Container instance deregistration forced by user" },
      },
    ],
    [
      "is lost if it is not there",
      state(undefined),
      {
        is: "lost",
        why: { stopCode: "TerminationNotice", stoppedReason: "Container instance deregistration forced by user" },
      },
    ],
  ])("%s", (_what, actual, expected) => {
    expect(actual).toEqual(expected);
  });
});
