import type { ChannelTask, IAMRoleCredentials } from "@hatoba/contract";
import type { ObjectAddress } from "../../channel/object-reader.ts";
import type { Credentials } from "../../channel/signer.ts";
import { TaskFailure } from "../../engine/task-failure.ts";
import type { HookedContainer, TaskHook } from "../../engine/task-hook.ts";
import type { Clock } from "../../platform/clock.ts";
import type { ContainerSpec } from "../../runtime/container-runtime.ts";
import { patiently, pause } from "../secrets/patient-call.ts";
import { parseEnvironmentFile, withVariables } from "./parse-environment-file.ts";

export interface EnvironmentFilesOptions {
  /** Of a task's execution role, as far as they have come. */
  readonly executionCredentials: (taskArn: string) => IAMRoleCredentials | undefined;
  readonly readObject: (address: ObjectAddress, credentials: Credentials, signal: AbortSignal) => Promise<Buffer>;
  readonly clock: Clock;
}

/** Credentials are there with the task; after a restart of the agent they come again once it has connected. */
const credentialsWaitMs = 30_000;
const credentialsLookMs = 250;

/**
 * Environment files of containers, read from S3 as the task's execution role when the container is about to be made. They go
 * from memory into the container's environment, and onto no disk. Source: ECS developer guide, "Pass environment variables to
 * an Amazon ECS container"; texts of failures: the genuine agent's envfile.go, and "ResourceInitializationError errors".
 */
export class EnvironmentFilesHook implements TaskHook {
  readonly #options: EnvironmentFilesOptions;
  readonly #ending = new Map<string, AbortController>();

  constructor(options: EnvironmentFilesOptions) {
    this.#options = options;
  }

  async beforeCreate({ task, container }: HookedContainer, spec: ContainerSpec): Promise<ContainerSpec> {
    const addresses = (container.environmentFiles ?? []).map(({ value }) => value);
    if (addresses.length === 0) return spec;
    const { signal } = this.#endingOf(task);
    const credentials = await this.#credentials(task.arn, signal);
    const read = await Promise.allSettled(addresses.map((arn) => this.#file(arn, credentials, signal)));
    signal.throwIfAborted();
    const reasons = read.flatMap((each) => (each.status === "rejected" ? [messageOf(each.reason)] : []));
    if (reasons.length > 0) throw failure(reasons.join(";"));
    const files = read.flatMap((each) => (each.status === "fulfilled" ? [each.value] : []));
    return { ...spec, environment: withVariables(spec.environment ?? {}, files) };
  }

  stopping(task: ChannelTask): void {
    this.#endingOf(task).abort();
  }

  forgotten(task: ChannelTask): void {
    this.#ending.get(task.arn)?.abort();
    this.#ending.delete(task.arn);
  }

  #endingOf({ arn }: ChannelTask): AbortController {
    const ending = this.#ending.get(arn) ?? new AbortController();
    this.#ending.set(arn, ending);
    return ending;
  }

  async #file(arn: string, credentials: Credentials, signal: AbortSignal): Promise<ReadonlyMap<string, string>> {
    const { readObject, clock } = this.#options;
    const [, , bucket, key] = /^arn:([^:]+):s3:::([^/]+)\/(.+)$/.exec(arn) ?? [];
    if (bucket === undefined || key === undefined) {
      throw new Error(
        `unable to parse bucket and key from s3 ARN specified in environmentFile ${arn}, error: invalid s3 arn: ${arn}`,
      );
    }
    try {
      return parseEnvironmentFile(
        await patiently(clock, signal, () => readObject({ bucket, key }, credentials, signal)),
      );
    } catch (error) {
      const message = `unable to download env file with key ${key} from bucket ${bucket}, error: ${messageOf(error)}`;
      throw new Error(message, { cause: error });
    }
  }

  async #credentials(taskArn: string, signal: AbortSignal): Promise<IAMRoleCredentials> {
    const { clock, executionCredentials } = this.#options;
    const until = clock.now() + credentialsWaitMs;
    for (;;) {
      const credentials = executionCredentials(taskArn);
      if (credentials !== undefined) return credentials;
      if (clock.now() >= until) throw failure("environment file resource: unable to find execution role credentials");
      await pause(clock, credentialsLookMs, signal);
    }
  }
}

const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error));
const failure = (why: string) => new TaskFailure(`ResourceInitializationError: failed to download env files: ${why}`);
