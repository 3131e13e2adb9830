import type { ChannelSecret, ChannelTask, ChannelTaskDefinitionContainer, IAMRoleCredentials } from "@hatoba/contract";
import type { JsonApi } from "../../channel/json-api.ts";
import type { Credentials } from "../../channel/signer.ts";
import type { HookedContainer, TaskHook } from "../../engine/task-hook.ts";
import type { Clock } from "../../platform/clock.ts";
import type { ContainerSpec } from "../../runtime/container-runtime.ts";
import { fetchSecrets, withoutCredentials } from "./fetch-secrets.ts";
import { pause } from "./patient-call.ts";
import { secretsOf } from "./secret-references.ts";

export interface SecretsHookOptions {
  /** Of a task's execution role, as far as they have come. */
  readonly executionCredentials: (taskArn: string) => IAMRoleCredentials | undefined;
  /** A client that signs with these keys. */
  readonly apiAs: (keys: Credentials) => Pick<JsonApi, "call" | "close">;
  readonly clock: Clock;
}

/** Credentials are there with the task; after a restart of the agent they come again once it has connected. */
const credentialsWaitMs = 30_000;
const credentialsLookMs = 250;

interface Fetching {
  readonly values: Promise<ReadonlyMap<string, string>>;
  readonly ending: AbortController;
  /** Containers that have not been made yet. */
  readonly waiting: Set<string>;
}

/**
 * Secrets of containers and of their log drivers, read as the task's execution role when the first container that has any is
 * about to be made. Values go into the container's environment and the driver's options and nowhere else: they are kept in
 * memory until the last container that needs them runs, on no disk and in no log.
 * Source: ECS developer guide, "Pass sensitive data to an Amazon ECS container".
 */
export class SecretsHook implements TaskHook {
  readonly #options: SecretsHookOptions;
  readonly #tasks = new Map<string, Fetching>();

  constructor(options: SecretsHookOptions) {
    this.#options = options;
  }

  async beforeCreate({ task, container }: HookedContainer, spec: ContainerSpec): Promise<ContainerSpec> {
    const secrets = await this.#valuesFor(task, container, "CONTAINER");
    return { ...spec, environment: { ...spec.environment, ...secrets } };
  }

  /**
   * The values of the secret options of a container's log driver, by the option's name.
   * @throws TaskFailure if one cannot be read
   */
  readonly logOptions = (
    task: ChannelTask,
    container: ChannelTaskDefinitionContainer,
  ): Promise<Readonly<Record<string, string>>> => this.#valuesFor(task, container, "LOG_DRIVER");

  started({ task, container }: HookedContainer): void {
    const fetching = this.#tasks.get(task.arn);
    fetching?.waiting.delete(container.name);
    if (fetching?.waiting.size === 0) this.#tasks.delete(task.arn);
  }

  stopping(task: ChannelTask): void {
    this.#drop(task.arn);
  }

  forgotten(task: ChannelTask): void {
    this.#drop(task.arn);
  }

  async #valuesFor(
    task: ChannelTask,
    { secrets = [] }: ChannelTaskDefinitionContainer,
    target: ChannelSecret["target"],
  ): Promise<Readonly<Record<string, string>>> {
    const own = secrets.filter((secret) => secret.target === target);
    if (own.length === 0) return {};
    const values = await this.#values(task);
    return Object.fromEntries(own.map(({ name, valueFrom }) => [name, values.get(valueFrom) ?? ""]));
  }

  #values(task: ChannelTask): Promise<ReadonlyMap<string, string>> {
    const known = this.#tasks.get(task.arn);
    if (known !== undefined) return known.values;
    const ending = new AbortController();
    const values = this.#fetch(task, ending.signal);
    const waiting = new Set(task.containers.map(({ name }) => name));
    this.#tasks.set(task.arn, { values, ending, waiting });
    // Another container of the task may try again.
    values.catch(() => this.#drop(task.arn));
    return values;
  }

  async #fetch(task: ChannelTask, signal: AbortSignal): Promise<ReadonlyMap<string, string>> {
    const { clock, apiAs } = this.#options;
    const api = apiAs(await this.#credentials(task.arn, signal));
    try {
      return await fetchSecrets(secretsOf(task), api, { clock, signal });
    } finally {
      api.close();
    }
  }

  async #credentials(taskArn: string, signal: AbortSignal): Promise<IAMRoleCredentials> {
    const { clock, executionCredentials } = this.#options;
    const until = clock.now() + credentialsWaitMs;
    for (;;) {
      const credentials = executionCredentials(taskArn);
      if (credentials !== undefined) return credentials;
      if (clock.now() >= until) throw withoutCredentials();
      await pause(clock, credentialsLookMs, signal);
    }
  }

  #drop(taskArn: string): void {
    const fetching = this.#tasks.get(taskArn);
    this.#tasks.delete(taskArn);
    fetching?.ending.abort();
  }
}
