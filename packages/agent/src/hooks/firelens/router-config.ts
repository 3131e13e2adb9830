import type { FluentConfig, PatternFilter, Pipe, RouterType } from "./fluent-config.ts";

/** What a router's configuration depends on. */
export interface RouterFacts {
  readonly type: RouterType;
  readonly networkMode: "bridge" | "host" | "none" | "awsvpc";
  /** `firelensConfiguration.options`. */
  readonly options: Readonly<Record<string, string>>;
  /** Of the containers that log through it, in their order: the options of their log configuration, secrets as references. */
  readonly containers: readonly { readonly name: string; readonly options: Readonly<Record<string, string>> }[];
  /** Its reservation, or else its limit, in MiB; 0 if it has neither. */
  readonly memoryMiB: number;
  readonly cluster: string;
  readonly taskArn: string;
  /** As `family:revision`. */
  readonly taskDefinition: string;
}

/** What cannot be made into a configuration; the message says why, in the words of the genuine agent. */
export class RouterConfigError extends Error {
  override readonly name = "RouterConfigError";
}

/** Where the router listens, inside its container. */
const socketPath = "/var/run/fluent.sock";
/** The port that the router listens on too, in bridge and awsvpc mode. */
export const routerPort = "24224";
const healthTag = "firelens-healthcheck";

/** Where a configuration that came from S3 is mounted. */
export const externalPath: Readonly<Record<RouterType, string>> = {
  fluentbit: "/fluent-bit/etc/external.conf",
  fluentd: "/fluentd/etc/external.conf",
};
/** Where the generated configuration is mounted. */
export const configPath: Readonly<Record<RouterType, string>> = {
  fluentbit: "/fluent-bit/etc/fluent-bit.conf",
  fluentd: "/fluentd/etc/fluent.conf",
};
/** The option that names a container's output. */
const outputKey: Readonly<Record<RouterType, string>> = { fluentbit: "Name", fluentd: "@type" };
const wildcard: Readonly<Record<RouterType, string>> = { fluentbit: "*", fluentd: "**" };

/**
 * A router's configuration as the genuine agent generates it: the socket and port that it listens on, filters by pattern, the
 * task's name on every record, a file of the user's own, and an output for each container. Source: agent protocol §9.2.
 * @throws RouterConfigError
 */
export function routerConfig(facts: RouterFacts): FluentConfig {
  const { type, containers } = facts;
  const listens = facts.networkMode === "bridge" || facts.networkMode === "awsvpc";
  const hasCheck = listens && type === "fluentbit";
  const tagOf = (name: string) => `${name}-firelens${wildcard[type]}`;
  const filters = (key: string): readonly PatternFilter[] =>
    containers.flatMap(({ name, options }) =>
      options[key] === undefined ? [] : [{ tag: tagOf(name), pattern: options[key] }],
    );
  const external = externalOf(facts);
  return {
    inputs: [socketInput(facts), ...(listens ? [portInput(facts)] : []), ...(hasCheck ? [healthInput] : [])],
    include: filters("include-pattern"),
    exclude: filters("exclude-pattern"),
    fields: metadataOf(facts),
    ...(external === undefined ? {} : { external }),
    outputs: [
      ...(hasCheck ? [{ name: "null", tag: healthTag }] : []),
      ...containers.flatMap(({ name, options }) => outputOf(type, name, tagOf(name), options)),
    ],
  };
}

function socketInput({ type, memoryMiB }: RouterFacts): Pipe {
  if (type === "fluentd") return { name: "unix", options: { path: socketPath } };
  const half = Math.trunc(memoryMiB / 2);
  // Source of the default, for a router whose memory nobody bounds: the genuine agent.
  return { name: "forward", options: { unix_path: socketPath, Mem_Buf_Limit: `${half > 0 ? half : 25}MB` } };
}

function portInput({ type, networkMode }: RouterFacts): Pipe {
  const address = networkMode === "bridge" ? "0.0.0.0" : "127.0.0.1";
  const options = type === "fluentd" ? { bind: address, port: routerPort } : { Listen: address, Port: routerPort };
  return { name: "forward", options };
}

/** What a container health check talks to; what it sends goes nowhere. */
const healthInput: Pipe = { name: "tcp", tag: healthTag, options: { Listen: "127.0.0.1", Port: "8877" } };

function metadataOf({ options, cluster, taskArn, taskDefinition }: RouterFacts): Readonly<Record<string, string>> {
  // What cannot be read as a yes counts as a no, there as here.
  const isWanted = /^(1|t|T|TRUE|true|True)$/.test(options["enable-ecs-log-metadata"] ?? "true");
  return isWanted ? { ecs_cluster: cluster, ecs_task_arn: taskArn, ecs_task_definition: taskDefinition } : {};
}

/** Path of the user's own configuration file inside the router. @throws RouterConfigError */
function externalOf({ type, options }: RouterFacts): string | undefined {
  const { "config-file-type": from, "config-file-value": value } = options;
  if (from === undefined) return undefined;
  if (from !== "s3" && from !== "file") {
    throw new RouterConfigError(`invalid value ${from} is specified for option config-file-type`);
  }
  if (value === undefined) {
    throw new RouterConfigError("option config-file-type is specified but config-file-value is not specified");
  }
  return from === "file" ? value : externalPath[type];
}

/** None for a container without an output: the user's own configuration file may have one. @throws RouterConfigError */
function outputOf(type: RouterType, container: string, tag: string, given: RouterFacts["options"]): readonly Pipe[] {
  const key = outputKey[type];
  const ofAgent = [key, "include-pattern", "exclude-pattern"];
  const options = Object.fromEntries(Object.entries(given).filter(([name]) => !ofAgent.includes(name)));
  const name = given[key];
  if (name !== undefined) return [{ name, tag, options }];
  if (Object.keys(options).length === 0) return [];
  throw new RouterConfigError(
    `unable to apply log options of container ${container} to firelens config: missing output key ${key} which is required for firelens configuration of type ${type}`,
  );
}
