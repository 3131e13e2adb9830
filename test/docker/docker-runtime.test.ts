import { afterAll, beforeAll } from "vitest";
import { busyboxImage } from "../../packages/agent/src/images/build-image.ts";
import { containerRuntimeConformance } from "../../packages/agent/src/runtime/container-runtime.conformance.ts";
import { vpcNetworkName } from "../../packages/agent/src/runtime/docker-network.ts";
import { DockerRuntime } from "../../packages/agent/src/runtime/docker-runtime.ts";
import { type TestEngine, testEngine, testLabel } from "./engine.ts";

const vpcCidr = "10.213.0.0/24";
let house: TestEngine;
let runtime: DockerRuntime;

beforeAll(async () => {
  house = await testEngine();
  runtime = new DockerRuntime({ engine: house.engine, eventLabel: `${testLabel}=${house.run}` });
});
afterAll(async () => {
  await house.engine.call("DELETE", `/networks/${vpcNetworkName(vpcCidr)}`).catch(() => undefined);
  await house.clean();
});

const shell = (script: string) => ({ image: busyboxImage, command: ["sh", "-c", script] });

containerRuntimeConformance("DockerRuntime", async () => ({
  runtime,
  prefix: house.run,
  labels: house.labels,
  vpc: { cidr: vpcCidr, address: "10.213.0.9" },
  programs: {
    waits: shell("trap 'exit 0' TERM; while :; do sleep 600 & wait; done"),
    ignoresStop: shell("trap '' TERM; while :; do sleep 600; done"),
    exits: (code) => shell(`exit ${code}`),
    prints: (lines) => ({ image: busyboxImage, command: ["printf", "%s\\n", ...lines] }),
    missingImage: { image: "hatoba.invalid/nothing:1" },
  },
}));
