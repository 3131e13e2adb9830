import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { ChannelTask } from "@hatoba/contract";
import type { CreatedContainer, HookedContainer, TaskHook } from "../../engine/task-hook.ts";
import type { Clock } from "../../platform/clock.ts";
import type { Logger } from "../../platform/logger.ts";
import { ContainerFailure, type ContainerRuntime, type ContainerSpec } from "../../runtime/container-runtime.ts";
import { type AwslogsOptions, awslogsOptions } from "./awslogs-options.ts";
import { LogFollower } from "./log-follower.ts";
import { LogShipper } from "./log-shipper.ts";
import { type LogSink, LogSinkError, type LogTarget } from "./log-sink.ts";
import { type Dropped, LogSpool } from "./log-spool.ts";
import { expandTag } from "./log-tag.ts";

/**
 * What the engine keeps of a container's output while the agent does not read it, in place of the awslogs driver. The files are
 * large since engines before version 23 lose lines for a reader that is more than one file behind; see docker-log-reader.ts.
 */
const rotation = { "max-size": "50m", "max-file": "3" } as const;
/** Reports of lost events are gathered for so long, in milliseconds. */
const reportEvery = 10_000;

export interface AwslogsHookOptions {
  readonly runtime: Pick<ContainerRuntime, "logs">;
  readonly sink: LogSink;
  /** A folder that the agent keeps. */
  readonly dataDir: string;
  readonly clock: Clock;
  readonly logger: Logger;
  /** The engine's log drivers, as `MachineFacts` has them. */
  readonly loggingDrivers: readonly string[];
  /** What may wait on disk for the control plane, in bytes; 1 GiB if left out. */
  readonly maxSpoolBytes?: number;
}

/**
 * The awslogs log driver: output goes to CloudWatch Logs. The container writes to a driver of the engine that keeps files on this
 * machine; the agent reads along, keeps what it has read on disk, and delivers it. So neither a control plane nor an agent that
 * is away costs a line, and none of them is on the way between a process and its standard output.
 */
export class AwslogsHook implements TaskHook {
  readonly #options: AwslogsHookOptions;
  readonly #spool: LogSpool;
  readonly #shipper: LogShipper;
  /** By container id. */
  readonly #followers = new Map<string, { readonly taskArn: string; readonly follower: LogFollower }>();
  #lost = 0;

  /** Takes up the spool of an earlier process. @throws if `dataDir` cannot be written. */
  constructor(options: AwslogsHookOptions) {
    this.#options = options;
    mkdirSync(options.dataDir, { recursive: true });
    this.#spool = new LogSpool({
      path: join(options.dataDir, "awslogs.sqlite"),
      maxBytes: options.maxSpoolBytes ?? 1024 ** 3,
    });
    this.#shipper = new LogShipper({ ...options, spool: this.#spool });
    this.#shipper.start();
  }

  async beforeCreate(container: HookedContainer, spec: ContainerSpec): Promise<ContainerSpec> {
    const config = awslogsConfig(spec.dockerHostConfig);
    if (config === undefined) return spec;
    await this.#prepare(container.task, awslogsOptions(config));
    const local = this.#options.loggingDrivers.includes("local");
    const logConfig = local
      ? { Type: "local", Config: { ...rotation, compress: "false" } }
      : { Type: "json-file", Config: rotation };
    return { ...spec, dockerHostConfig: { ...spec.dockerHostConfig, LogConfig: logConfig } };
  }

  started({ task, container, runtimeId: id, runtimeName: name }: CreatedContainer): void {
    const running = this.#followers.get(id);
    if (running !== undefined) {
      running.follower.restarted();
      return;
    }
    const options = optionsOf(container.dockerConfig.hostConfig);
    if (options === undefined) return;
    const target: LogTarget = {
      group: options.group,
      stream: options.stream ?? (options.tag && expandTag(options.tag, { id, name, image: container.image })) ?? id,
      createGroup: options.createGroup,
    };
    const follower = new LogFollower(
      {
        id,
        taskArn: task.arn,
        target,
        ...(options.startOfEvent === undefined ? {} : { startOfEvent: options.startOfEvent }),
      },
      {
        ...this.#options,
        spool: this.#spool,
        onSpooled: (spooled, dropped) => {
          this.#shipper.offer(spooled);
          this.#report(dropped);
        },
        isAway: () => this.#shipper.isAway,
      },
    );
    this.#followers.set(id, { taskArn: task.arn, follower });
  }

  stopped({ runtimeId }: CreatedContainer): void {
    this.#followers.get(runtimeId)?.follower.stopped();
  }

  /** Once it is in the spool, the container is not needed any more. */
  async settled({ runtimeId }: CreatedContainer): Promise<void> {
    const known = this.#followers.get(runtimeId);
    if (known === undefined) return;
    known.follower.stopped();
    await known.follower.done;
    this.#followers.delete(runtimeId);
  }

  forgotten(task: ChannelTask): void {
    for (const [id, { taskArn, follower }] of this.#followers) {
      if (taskArn !== task.arn) continue;
      follower.close();
      this.#followers.delete(id);
    }
    try {
      this.#spool.forget(task.arn);
    } catch (error) {
      this.#options.logger.warn({ taskArn: task.arn, err: error }, "the log spool cannot be written");
    }
  }

  /** Leaves what is not delivered in the spool for the next process. */
  async close(): Promise<void> {
    const followers = [...this.#followers.values()].map(({ follower }) => follower);
    for (const follower of followers) follower.close();
    await Promise.all(followers.map(({ done }) => done));
    await this.#shipper.close();
    this.#spool.close();
  }

  /** As the driver does when a container starts; a log service that does not answer is no reason not to start. */
  async #prepare(task: ChannelTask, { group, stream, createGroup }: AwslogsOptions): Promise<void> {
    const { sink, logger } = this.#options;
    try {
      if (stream !== undefined) await sink.prepare({ group, stream, createGroup });
      else if (!createGroup && !(await sink.hasGroup(group))) throw noSuchGroup();
    } catch (error) {
      if (!(error instanceof LogSinkError)) throw error;
      if (error.trouble === "unavailable") {
        logger.warn({ taskArn: task.arn, logGroup: group, err: error }, "the log stream is made later");
        return;
      }
      throw cannotLog(task, error);
    }
  }

  #report(dropped: readonly Dropped[]): void {
    if (dropped.length === 0) return;
    if (this.#lost === 0) {
      this.#options.clock.after(reportEvery, () => {
        this.#options.logger.error(
          { events: this.#lost },
          "the log spool is full: the oldest log events were given up",
        );
        this.#lost = 0;
      });
    }
    for (const { events } of dropped) this.#lost += events;
  }
}

function noSuchGroup(): LogSinkError {
  return new LogSinkError("missing", "ResourceNotFoundException", "The specified log group does not exist.");
}

/** In the words of the two launch types. Source: ECS developer guide, stopped task errors. */
function cannotLog(task: ChannelTask, { code, message, cause }: LogSinkError): ContainerFailure {
  const why = `failed to create Cloudwatch log stream: ${code}: ${message}`;
  if (task.launchType === "FARGATE") {
    const text = `failed to validate logger args: create stream has been retried 1 times: ${why} : exit status 1`;
    return new ContainerFailure("ResourceInitializationError", text, { cause });
  }
  const text = `Error response from daemon: failed to initialize logging driver: ${why}`;
  return new ContainerFailure("CannotStartContainerError", text, { cause });
}

/** The options of an awslogs LogConfig, or undefined if the container logs elsewhere. */
function awslogsConfig(hostConfig: Readonly<Record<string, unknown>>): Readonly<Record<string, string>> | undefined {
  const logConfig = hostConfig.LogConfig as
    | { readonly Type?: string; readonly Config?: Record<string, string> }
    | undefined;
  return logConfig?.Type === "awslogs" ? (logConfig.Config ?? {}) : undefined;
}

/** As `beforeCreate` read them; a container with options that cannot be read was never created. */
function optionsOf(hostConfig: string): AwslogsOptions | undefined {
  try {
    const config = awslogsConfig(JSON.parse(hostConfig) as Record<string, unknown>);
    return config === undefined ? undefined : awslogsOptions(config);
  } catch {
    return undefined;
  }
}
