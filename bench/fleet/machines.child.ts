import { EcsApi } from "../../packages/agent/src/channel/ecs-api.ts";
import { JsonApi } from "../../packages/agent/src/channel/json-api.ts";
import { stayInTouch } from "../../packages/agent/src/connections.ts";
import { systemClock } from "../../packages/agent/src/platform/clock.ts";
import { silentLogger } from "../../packages/agent/src/platform/logger.ts";
import type { House } from "./fleet.ts";
import { onOrder } from "./measured-process.ts";
import { quickSigner } from "./quick-signer.ts";
import { SimulatedMachine } from "./simulated-machine.ts";

// A process full of agents: the real channel code and the real protocol, with machines that have no containers.

/** Starts so many machines, numbered on from `first`; answered once each is registered. */
export interface StartMachines extends House {
  readonly first: number;
  readonly count: number;
}

const registeredAtOnce = 16;
const userAgent = "Hatoba ECS Agent - v1.0.0 (linux; LINUX)";
const signal = new AbortController().signal;

onOrder<StartMachines>(async ({ first, count, endpoint, region, credentials }) => {
  const signer = quickSigner(credentials, region);
  let next = first;
  const startSome = async () => {
    while (next < first + count) {
      const api = new JsonApi({ endpoint, signer, userAgent });
      const controlPlane = new EcsApi({ api, clock: systemClock, cluster: "default" });
      const machine = new SimulatedMachine(next++, controlPlane);
      await machine.register();
      void stayInTouch({
        controlPlane,
        tasks: machine,
        metrics: machine,
        signer,
        cluster: "default",
        containerInstanceArn: machine.containerInstanceArn,
        agentVersion: "1.0.0",
        engineVersion: "28.0.0",
        clock: systemClock,
        logger: silentLogger,
        signal,
      });
    }
  };
  await Promise.all(Array.from({ length: registeredAtOnce }, startSome));
});
