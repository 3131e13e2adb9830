import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setDefaultCACertificates } from "node:tls";
import { promisify } from "node:util";
import { ECSClient } from "@aws-sdk/client-ecs";
import { CreateActivationCommand, SSMClient } from "@aws-sdk/client-ssm";
import { DockerEngine } from "../../packages/agent/src/runtime/docker-engine.ts";
import { fingerprintOf } from "../../packages/cli/src/fleet/authority.ts";
import { freePort, repository } from "../docker/house.ts";
import { testBusybox } from "../docker/image.ts";
import { PrivateEngine } from "../docker/private-engine.ts";
import { type NetworkHost, TestNetwork } from "./network.ts";

const run = promisify(execFile);
const labelOfTask = "com.amazonaws.ecs.task-arn";

/** A control plane that serves https beyond its machine, and hosts with engines of their own that can join it. */
export class Fleet implements AsyncDisposable {
  readonly endpoint: string;
  readonly ecs: ECSClient;
  readonly ssm: SSMClient;
  readonly hosts: readonly Host[];
  readonly authority: string;
  readonly #network: TestNetwork;
  readonly #engines: readonly PrivateEngine[];
  readonly #folder: string;
  readonly #controlPlane: ChildProcess;

  private constructor(parts: {
    readonly folder: string;
    readonly endpoint: string;
    readonly network: TestNetwork;
    readonly engines: readonly PrivateEngine[];
    readonly controlPlane: ChildProcess;
  }) {
    const { folder, endpoint, network, engines } = parts;
    this.endpoint = endpoint;
    this.#network = network;
    this.#engines = engines;
    this.#folder = folder;
    this.#controlPlane = parts.controlPlane;
    this.authority = readFileSync(join(folder, "house", "tls", "ca.pem"), "utf8");
    setDefaultCACertificates([this.authority]);
    const credentials = JSON.parse(readFileSync(join(folder, "house", "credentials.json"), "utf8")) as Key;
    this.ecs = new ECSClient({ endpoint, region: "us-east-1", credentials });
    this.ssm = new SSMClient({ endpoint, region: "us-east-1", credentials });
    this.hosts = network.hosts.map(
      (host, index) => new Host(host, join(folder, host.namespace), engines[index]?.dockerHost ?? ""),
    );
  }

  /** @param flags of the control plane, besides where it listens and keeps its state */
  static async start(hosts: number, flags: readonly string[] = []): Promise<Fleet> {
    await testBusybox(); // once, and not by each engine at the same time
    const engines = await startEngines(hosts);
    const folder = mkdtempSync(join(tmpdir(), "hatoba-fleet-"));
    const network = new TestNetwork(hosts);
    const listen = `${network.address}:${await freePort()}`;
    const program = join(repository, "packages/control-plane/src/main.ts");
    const where = ["--data-dir", join(folder, "house"), "--listen", listen, "--tls"];
    const controlPlane = spawn(process.execPath, [program, ...where, ...flags], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    let said = "";
    for await (const chunk of controlPlane.stdout) {
      said += String(chunk);
      if (said.includes("control plane answers")) break;
    }
    return new Fleet({ folder, network, engines, controlPlane, endpoint: `https://${listen}` });
  }

  /** The flags of `hatoba agent join` for so many machines. */
  async activation(machines: number): Promise<readonly string[]> {
    const input = { IamRole: "machines", RegistrationLimit: machines };
    const { ActivationId = "", ActivationCode = "" } = await this.ssm.send(new CreateActivationCommand(input));
    const trust = ["--ca-fingerprint", fingerprintOf(this.authority)];
    const activation = ["--activation-id", ActivationId, "--activation-code", ActivationCode];
    return ["--endpoint", this.endpoint, ...trust, ...activation];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const host of this.hosts) host.killAgent();
    this.#controlPlane.kill();
    if (this.#controlPlane.exitCode === null) await once(this.#controlPlane, "exit");
    for (const engine of this.#engines) await engine[Symbol.asyncDispose]();
    this.#network[Symbol.dispose]();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

/** All of them, or none. */
async function startEngines(count: number): Promise<readonly PrivateEngine[]> {
  const started = await Promise.allSettled(Array.from({ length: count }, () => PrivateEngine.start()));
  const failed = started.find((each) => each.status === "rejected");
  const engines = started.flatMap((each) => (each.status === "fulfilled" ? [each.value] : []));
  if (failed === undefined) return engines;
  for (const engine of engines) await engine[Symbol.asyncDispose]();
  throw failed.reason;
}

export interface Key {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** A machine that can join: its own network and engine. */
export class Host {
  readonly network: NetworkHost;
  private readonly dataDir: string;
  private readonly dockerHost: string;

  constructor(network: NetworkHost, dataDir: string, dockerHost: string) {
    this.network = network;
    this.dataDir = dataDir;
    this.dockerHost = dockerHost;
  }

  /** Runs `./hatoba agent …` there. @returns what it printed @throws Error with all it said */
  async agent(command: string, ...args: readonly string[]): Promise<string> {
    const hatoba = [join(repository, "hatoba"), "agent", command, "--data-dir", this.dataDir, ...args];
    try {
      const { stdout } = await run("ip", ["netns", "exec", this.network.namespace, ...hatoba], {
        env: {
          ...process.env,
          DOCKER_HOST: this.dockerHost,
          // What these tests are not about, and what hosts of one machine would share.
          ECS_ENABLE_TASK_IAM_ROLE: "false",
          ECS_ENABLE_TASK_CPU_MEM_LIMIT: "false",
          HATOBA_INTROSPECTION: "off",
        },
      });
      return stdout;
    } catch (error) {
      const { stdout = "", stderr = "" } = error as { readonly stdout?: string; readonly stderr?: string };
      throw new Error(`hatoba agent ${command} failed:\n${stdout}${stderr}`, { cause: error });
    }
  }

  /** As power failure takes it; containers are the engine's. */
  killAgent(): void {
    try {
      const record = readFileSync(join(this.dataDir, "run", "joined-agent.json"), "utf8");
      process.kill((JSON.parse(record) as { readonly pid: number }).pid, "SIGKILL");
    } catch {
      // None runs.
    }
  }

  machine(): { readonly instanceId: string } & Key {
    const read = (name: string) => JSON.parse(readFileSync(join(this.dataDir, "joined", name), "utf8")) as object;
    return { ...(read("machine.json") as { instanceId: string }), ...(read("machine.key") as Key) };
  }

  /** The task of each container that runs there, by the container's id. */
  async containers(): Promise<Readonly<Record<string, string>>> {
    const engine = new DockerEngine(this.dockerHost);
    try {
      const filters = JSON.stringify({ label: [labelOfTask] });
      const found = await engine.call<readonly { readonly Id: string; readonly Labels: Record<string, string> }[]>(
        "GET",
        "/containers/json",
        { query: { filters } },
      );
      return Object.fromEntries(found.map(({ Id, Labels }) => [Id, Labels[labelOfTask] ?? ""]));
    } finally {
      engine.close();
    }
  }
}
