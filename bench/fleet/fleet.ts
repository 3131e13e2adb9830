import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import type { Cluster, ContainerInstance, Service } from "@aws-sdk/client-ecs";
import { JsonApi } from "../../packages/agent/src/channel/json-api.ts";
import type { Credentials } from "../../packages/agent/src/channel/signer.ts";
import { controlPlaneFlags } from "../../packages/cli/src/house/house.ts";
import { freePort } from "../../test/docker/house.ts";
import type { StartMachines } from "./machines.child.ts";
import { MeasuredProcess } from "./measured-process.ts";
import { quickSigner } from "./quick-signer.ts";

/** Where a control plane answers, and to whom. */
export interface House {
  readonly endpoint: string;
  readonly region: string;
  readonly credentials: Credentials;
}

/** What the answers that are read here hold. */
interface Answer {
  readonly clusters?: readonly Cluster[];
  readonly services?: readonly Service[];
  readonly containerInstances?: readonly ContainerInstance[];
  readonly containerInstanceArns?: readonly string[];
  readonly taskArns?: readonly string[];
  readonly nextToken?: string;
}

const machineProcesses = 2;

/** A control plane in a process of its own, on a disk, and processes full of simulated agents that are connected to it. */
export class Fleet {
  readonly controlPlane: MeasuredProcess;
  readonly machines: readonly MeasuredProcess[];
  readonly house: House;
  readonly #api: JsonApi;
  readonly #directory: string;

  private constructor(controlPlane: MeasuredProcess, house: House, directory: string) {
    this.controlPlane = controlPlane;
    this.machines = Array.from(
      { length: machineProcesses },
      () => new MeasuredProcess(join(import.meta.dirname, "machines.child.ts")),
    );
    this.house = house;
    this.#directory = directory;
    this.#api = new JsonApi({
      endpoint: house.endpoint,
      signer: quickSigner(house.credentials, house.region),
      userAgent: "bench",
    });
  }

  /** Starts a control plane on an empty data directory, with the cluster `default`. */
  static async open(): Promise<Fleet> {
    const directory = mkdtempSync(join(tmpdir(), "hatoba-fleet-"));
    const port = await freePort();
    const endpoint = `http://127.0.0.1:${port}`;
    const main = join(import.meta.dirname, "../../packages/control-plane/src/main.ts");
    const args = ["--data-dir", directory, "--listen", `127.0.0.1:${port}`, "--log-level", "warn"];
    const controlPlane = new MeasuredProcess(main, args, controlPlaneFlags);
    for (const end = Date.now() + 60_000; ; await wait(50)) {
      const response = await fetch(`${endpoint}/healthz`).catch(() => undefined);
      await response?.body?.cancel();
      if (response?.ok) break;
      if (Date.now() > end || controlPlane.child.exitCode !== null)
        throw new Error("the control plane does not answer");
    }
    const credentials = JSON.parse(readFileSync(join(directory, "credentials.json"), "utf8")) as Credentials;
    const fleet = new Fleet(controlPlane, { endpoint, region: "us-east-1", credentials }, directory);
    await fleet.call("CreateCluster", {});
    await fleet.register("first");
    return fleet;
  }

  async call(operation: string, input: object): Promise<Answer> {
    return (await this.#api.call("ecs", "AmazonEC2ContainerServiceV20141113", operation, input)) as Answer;
  }

  /** A task definition with one container, which is small enough for a hundred on a machine. */
  async register(image: string): Promise<void> {
    const environment = Array.from({ length: 5 }, (_, index) => ({
      name: `SETTING_${index}`,
      value: `value-${index}`,
    }));
    await this.call("RegisterTaskDefinition", {
      family: "web",
      containerDefinitions: [{ name: "app", image, cpu: 64, memory: 128, environment }],
    });
  }

  /** Adds machines, until all are connected. */
  async addMachines(count: number): Promise<void> {
    const before = (await this.cluster()).registeredContainerInstancesCount ?? 0;
    const share = Math.ceil(count / machineProcesses);
    await Promise.all(
      this.machines.map(async (process, index) => {
        const first = before + index * share;
        const order = { ...this.house, first, count: Math.min(share, before + count - first) };
        await process.order(order satisfies StartMachines);
      }),
    );
    while ((await this.connected()) < before + count) await wait(100);
  }

  async createService(serviceName: string, desiredCount: number): Promise<void> {
    await this.call("CreateService", { serviceName, taskDefinition: "web", desiredCount });
  }

  async service(serviceName: string): Promise<Service> {
    const { services } = await this.call("DescribeServices", { services: [serviceName] });
    return services?.[0] ?? {};
  }

  async cluster(): Promise<Cluster> {
    return (await this.call("DescribeClusters", { clusters: ["default"] })).clusters?.[0] ?? {};
  }

  /** Looks ten times a second until so many tasks run. */
  async untilRunning(count: number): Promise<void> {
    while ((await this.cluster()).runningTasksCount !== count) await wait(100);
  }

  /** CPU seconds of all processes with machines. */
  async machinesCpu(): Promise<number> {
    const usages = await Promise.all(this.machines.map((process) => process.usage()));
    return usages.reduce((sum, { cpuSeconds }) => sum + cpuSeconds, 0);
  }

  async close(): Promise<void> {
    this.#api.close();
    await Promise.all(this.machines.map((process) => process.stop()));
    await this.controlPlane.stop();
    rmSync(this.#directory, { recursive: true, force: true });
  }

  private async connected(): Promise<number> {
    let count = 0;
    let nextToken: string | undefined;
    do {
      const input: object = { filter: "agentConnected == true", ...(nextToken === undefined ? {} : { nextToken }) };
      const answer = await this.call("ListContainerInstances", input);
      count += answer.containerInstanceArns?.length ?? 0;
      nextToken = answer.nextToken;
    } while (nextToken !== undefined);
    return count;
  }
}
