import { expect, test } from "vitest";
import type { ContainerInstance } from "../../../model/container-instance.ts";
import { exampleContainerInstance, exampleContainerInstanceArn } from "../../../model/examples.ts";
import { defaultSettings } from "../../../settings.ts";
import { exampleContext, given, refusal } from "../example-context.ts";
import { createCluster } from "./create-cluster.ts";
import { updateContainerAgent } from "./update-container-agent.ts";

const agentRelease = { location: "https://releases.example/agent.tar", sha256: "0".repeat(64) };
const arn = exampleContainerInstanceArn();

async function house(of: Partial<ContainerInstance> = {}, settings = { ...defaultSettings, agentRelease }) {
  const context = exampleContext({ settings });
  await createCluster({}, context);
  await given(context, { kind: "containerInstance", arn, value: exampleContainerInstance(of) });
  return context;
}
const updated = async (of: Partial<ContainerInstance>) =>
  refusal(updateContainerAgent({ containerInstance: arn }, await house(of)));

test("asks for the release of the house", async () => {
  const context = await house();
  const { containerInstance } = await updateContainerAgent({ containerInstance: arn }, context);
  expect(containerInstance?.agentUpdateStatus).toBe("PENDING");
  const stored = context.store.snapshot().get("containerInstance", arn);
  expect(stored?.value.agentUpdate).toEqual({ status: "PENDING", ...agentRelease });
});

test("finds no update where the house names no release", async () => {
  const call = updateContainerAgent({ containerInstance: arn }, await house({}, defaultSettings as never));
  expect(await refusal(call)).toMatch(/^NoUpdateAvailableException/);
});

test.each<[string, Partial<ContainerInstance>]>([
  ["UpdateInProgressException", { agentUpdate: { status: "PENDING", ...agentRelease } }],
  ["UpdateInProgressException", { agentUpdate: { status: "UPDATING", ...agentRelease } }],
  ["NoUpdateAvailableException", { agentUpdate: { status: "UPDATED", ...agentRelease } }],
  ["it was not refused", { agentUpdate: { status: "UPDATED", ...agentRelease, sha256: "1".repeat(64) } }],
  ["it was not refused", { agentUpdate: { status: "FAILED", ...agentRelease } }],
  ["MissingVersionException", { versionInfo: {} }],
  ["ClientException", { agentConnected: false }],
])("%s for %j", async (name, of) => {
  expect((await updated(of)).split(":")[0]).toBe(name);
});
