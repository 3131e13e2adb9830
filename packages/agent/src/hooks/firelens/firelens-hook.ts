import { type ChannelTask, type ChannelTaskDefinitionContainer, lastSegment } from "@hatoba/contract";
import type { ObjectAddress } from "../../channel/object-reader.ts";
import { networkModeOf } from "../../engine/known-task.ts";
import { logDriverIn } from "../../engine/log-driver.ts";
import { TaskFailure } from "../../engine/task-failure.ts";
import type { HookedContainer, TaskHook } from "../../engine/task-hook.ts";
import type { Logger } from "../../platform/logger.ts";
import { ContainerFailure, type ContainerSpec } from "../../runtime/container-runtime.ts";
import type { LogSecrets } from "../logs/engine-driver-hook.ts";
import { fluentConfigText } from "./fluent-config.ts";
import { configPath, externalPath, routerConfig, routerPort } from "./router-config.ts";
import {
  makeRouterFolder,
  putRouterFile,
  type RouterFolder,
  removeRouterFolder,
  routerFolder,
  routerFolders,
} from "./router-folder.ts";
import { bufferLimitOption, routerFacts, routerOf, routerSecrets } from "./router-task.ts";

export interface FirelensHookOptions {
  /** Absolute, and the same for the engine. */
  readonly dataDir: string;
  /** As `20.10.24`: older ones than 20.10 call an option by another name. */
  readonly engineVersion: string;
  /** Whether a container starts though its router does not listen yet. Source: agent protocol, ECS_ENABLE_FIRELENS_ASYNC. */
  readonly async: boolean;
  /** IPv4 address of a running container of a task, if it has one of its own. */
  addressOf(taskArn: string, container: string): Promise<string | undefined>;
  /** Reads an object of S3 as the task's execution role. @throws Error with what the service said */
  readObject(task: ChannelTask, address: ObjectAddress): Promise<Uint8Array>;
  readonly logSecrets: LogSecrets;
  readonly logger: Logger;
}

/**
 * FireLens: one container of the task, the router, takes the output of the others and sends it where its configuration says. The
 * router finds the configuration and a folder for its socket mounted; the others write by the engine's fluentd driver to that
 * socket. Source: agent protocol §9.2.
 */
export class FirelensHook implements TaskHook {
  readonly #options: FirelensHookOptions;

  constructor(options: FirelensHookOptions) {
    this.#options = options;
  }

  async beforeCreate({ task, container }: HookedContainer, spec: ContainerSpec): Promise<ContainerSpec> {
    const routed = await this.#routed(task, container, spec);
    return container.firelensConfiguration === undefined ? routed : this.#router(task, container, routed);
  }

  forgotten(task: ChannelTask): void {
    if (routerOf(task) !== undefined) void this.#remove(lastSegment(task.arn));
  }

  /** Removes what an earlier process left of tasks that it had no time to clear up after. */
  async sweep(tasks: readonly { readonly arn: string }[]): Promise<void> {
    const known = new Set(tasks.map(({ arn }) => lastSegment(arn)));
    const folders = await routerFolders(this.#options.dataDir);
    await Promise.all(folders.filter((id) => !known.has(id)).map((id) => this.#remove(id)));
  }

  async #router(
    task: ChannelTask,
    { firelensConfiguration, dockerConfig }: ChannelTaskDefinitionContainer,
    spec: ContainerSpec,
  ): Promise<ContainerSpec> {
    const facts = routerFacts(task);
    if (facts === undefined || firelensConfiguration === undefined) return spec;
    const { type } = facts;
    if (!(type in configPath)) {
      throw new ContainerFailure("HostConfigError", `encounter invalid firelens configuration type ${type}`);
    }
    const folder = this.#folder(task);
    const { User: user } = JSON.parse(dockerConfig.config || "{}") as { readonly User?: string };
    await failingAs(`Unable to initialize resource directory ${folder.path}`, () => makeRouterFolder(folder, user));
    const fromS3 = facts.options["config-file-type"] === "s3";
    await failingAs("Unable to generate firelens config file: unable to generate firelens config", async () => {
      const text = fluentConfigText(type, routerConfig(facts));
      await putRouterFile(folder.config, text);
    });
    if (fromS3) await this.#fetchConfig(task, folder, facts.options["config-file-value"] ?? "");
    const mounts = [
      { source: folder.config, target: configPath[type], readOnly: false },
      { source: `${folder.socketDir}/`, target: "/var/run/", readOnly: false },
      ...(fromS3 ? [{ source: folder.external, target: externalPath[type], readOnly: false }] : []),
    ];
    const environment = {
      ...spec.environment,
      ...(await this.#secrets(task)),
      // The socket is made by the engine's root: Fluentd's own user could not open it.
      ...(type === "fluentd" ? { FLUENT_UID: "0" } : {}),
    };
    return { ...spec, environment, mounts: [...spec.mounts, ...mounts] };
  }

  async #fetchConfig(task: ChannelTask, folder: RouterFolder, arn: string): Promise<void> {
    const [, bucket = "", key = ""] = /^arn:[^:]+:s3:::([^/]+)\/(.+)$/.exec(arn) ?? [];
    if (key === "") throw new TaskFailure(`Unable to parse bucket and key from s3 arn: ${arn}`);
    await failingAs(`Unable to download s3 config ${key} from bucket ${bucket}`, async () => {
      await putRouterFile(folder.external, await this.#options.readObject(task, { bucket, key }));
    });
  }

  async #secrets(task: ChannelTask): Promise<Readonly<Record<string, string>>> {
    const variables: Record<string, string> = {};
    for (const { container, secret, variable } of routerSecrets(task)) {
      const value = (await this.#options.logSecrets(task, container))[secret.name];
      if (value !== undefined) variables[variable] = value;
    }
    return variables;
  }

  /** A container that logs through the router: the engine's fluentd driver, and where the router can be reached besides. */
  async #routed(
    task: ChannelTask,
    container: ChannelTaskDefinitionContainer,
    spec: ContainerSpec,
  ): Promise<ContainerSpec> {
    const driver = logDriverIn(spec.dockerHostConfig);
    if (driver?.type !== "awsfirelens") return spec;
    const limit = driver.options[bufferLimitOption];
    const config = {
      tag: `${container.name}-firelens-${lastSegment(task.arn)}`,
      "fluentd-address": `unix://${this.#folder(task).socket}`,
      "fluentd-sub-second-precision": "true",
      [asyncOption(this.#options.engineVersion)]: String(this.#options.async),
      ...(limit === undefined ? {} : { "fluentd-buffer-limit": limit }),
    };
    const host = await this.#routerHost(task, container);
    return {
      ...spec,
      environment: {
        ...spec.environment,
        ...(host === undefined ? {} : { FLUENT_HOST: host, FLUENT_PORT: routerPort }),
      },
      dockerHostConfig: { ...spec.dockerHostConfig, LogConfig: { Type: "fluentd", Config: config } },
    };
  }

  /** Undefined where there is no port to reach it at, or where it is the router itself that asks. */
  async #routerHost(task: ChannelTask, container: ChannelTaskDefinitionContainer): Promise<string | undefined> {
    const mode = networkModeOf(task);
    if (mode === "awsvpc") return "127.0.0.1";
    if (mode !== "bridge" || container.firelensConfiguration !== undefined) return undefined;
    const address = await this.#options.addressOf(task.arn, routerOf(task)?.name ?? "");
    if (address !== undefined) return address;
    throw new ContainerFailure("DockerClientConfigError", "unable to get BridgeIP for task in bridge mode");
  }

  #folder(task: ChannelTask): RouterFolder {
    return routerFolder(this.#options.dataDir, lastSegment(task.arn));
  }

  async #remove(taskId: string): Promise<void> {
    try {
      await removeRouterFolder(this.#options.dataDir, taskId);
    } catch (error) {
      this.#options.logger.warn({ taskId, err: error }, "files of a log router could not be removed");
    }
  }
}

/** Renamed in 20.10, and the old name gone in 28. Source: Docker's release notes. */
function asyncOption(engineVersion: string): string {
  const [major = 0, minor = 0] = engineVersion.split(".").map(Number);
  return major > 20 || (major === 20 && minor >= 10) ? "fluentd-async" : "fluentd-async-connect";
}

/** @throws TaskFailure that begins with `what`; a ContainerFailure passes as it is */
async function failingAs(what: string, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (error instanceof ContainerFailure) throw error;
    throw new TaskFailure(`${what}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}
