import { randomBytes } from "node:crypto";
import { buildImage, busyboxImage } from "../../packages/agent/src/images/build-image.ts";
import { DockerEngine } from "../../packages/agent/src/runtime/docker-engine.ts";
import { testBusybox } from "./image.ts";

/** On everything that the tests make in the engine; its value is the run. */
export const testLabel = "dev.hatoba.test";

/** An engine for one test file. */
export interface TestEngine {
  readonly engine: DockerEngine;
  /** Different in each run; opens the names of what is made. */
  readonly run: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Removes all that carries the label of this run, and closes the connections. */
  clean(): Promise<void>;
}

/**
 * Connects to the machine's engine and makes sure of the busybox image.
 * @throws Error that says what is missing.
 */
export async function testEngine(dockerHost: string | undefined = process.env.DOCKER_HOST): Promise<TestEngine> {
  const engine = new DockerEngine(dockerHost);
  const run = `hatoba-test-${randomBytes(4).toString("hex")}`;
  try {
    await engine.call("GET", "/_ping", { timeoutMs: 10_000 }).catch(ignoreText);
  } catch (cause) {
    throw new Error(
      `These tests need a container engine, and none answers at ${engine.address.url}. Start it (./hatoba doctor says how), or run the others with: npm run test:fast`,
      { cause },
    );
  }
  if (!(await has(engine, busyboxImage))) await buildImage(engine, { tag: busyboxImage, busybox: await testBusybox() });
  return { engine, run, labels: { [testLabel]: run }, clean: () => clean(engine, run) };
}

function has(engine: DockerEngine, image: string): Promise<boolean> {
  return engine.call("GET", `/images/${image}/json`).then(
    () => true,
    () => false,
  );
}

/** `/_ping` answers "OK", which is not JSON. */
function ignoreText(error: unknown): void {
  if (!(error instanceof SyntaxError)) throw error;
}

async function clean(engine: DockerEngine, run: string): Promise<void> {
  const query = { all: true, filters: JSON.stringify({ label: [`${testLabel}=${run}`] }) };
  const containers = await engine.call<readonly { Id: string }[]>("GET", "/containers/json", { query });
  for (const { Id } of containers)
    await engine.call("DELETE", `/containers/${Id}`, { query: { force: true, v: true } });
  const { Volumes } = await engine.call<{ Volumes: readonly { Name: string }[] | null }>("GET", "/volumes", { query });
  for (const { Name } of Volumes ?? []) await engine.call("DELETE", `/volumes/${Name}`);
  const networks = await engine.call<readonly { Id: string }[]>("GET", "/networks", { query });
  for (const { Id } of networks) await engine.call("DELETE", `/networks/${Id}`);
  engine.close();
}
