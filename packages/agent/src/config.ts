import { isIPv4 } from "node:net";
import type { Credentials } from "./channel/signer.ts";
import { parseStaticLogins, type StaticLogins } from "./engine/registry-logins.ts";
import { type HostPlatform, hostPlatform } from "./platform/host-platform.ts";
import type { PullBehaviour } from "./runtime/container-runtime.ts";
import { engineAddress } from "./runtime/docker-address.ts";

/** How one agent is to run. */
export interface AgentConfig {
  /** A name or an ARN; empty for `default`, which the agent makes if it is missing. */
  readonly cluster: string;
  /** As `http://127.0.0.1:4577`. */
  readonly endpoint: string;
  readonly region: string;
  readonly credentials: Credentials;
  /** Absolute; everything that outlives the process is in here. */
  readonly dataDir: string;
  readonly dockerHost?: string;
  readonly capacity: "EC2" | "EXTERNAL" | "FARGATE";
  /** As `us-east-1a`; the control plane chooses if it is absent. */
  readonly zone?: string;
  /** A directory, or an NFS export as `files.example:/srv/efs`: where file systems of EFS are, one folder each; absent: nowhere. */
  readonly efsRoot?: string;
  /** Label on everything that is made on the engine, besides the agent's own. */
  readonly house?: string;
  /** Address of this machine that published ports are bound to; all of them if absent. */
  readonly publishAddress?: string;
  /** The user whose shell sessions get that lead to this machine itself; absent: there are none. */
  readonly hostShell?: string;
  /** What no limit in a task definition means for containers on Windows; a limit by default. */
  readonly windowsUnbounded?: { readonly cpuUnbounded: boolean; readonly memoryUnbounded: boolean };
  readonly reservedMemoryMiB: number;
  readonly reservedTcpPorts: readonly number[];
  readonly reservedUdpPorts: readonly number[];
  /** Custom attributes. */
  readonly attributes: Readonly<Record<string, string>>;
  readonly tags: Readonly<Record<string, string>>;
  readonly pullBehaviour: PullBehaviour;
  readonly stopTimeoutSeconds: number;
  /** Cgroups round whole tasks; undefined: where that is possible. */
  readonly taskLimits?: boolean;
  /** As `/sys/fs/cgroup`. */
  readonly cgroupPath: string;
  /** Whether containers may be given the machine's GPUs. */
  readonly gpuSupport: boolean;
  /** The engine's runtime for containers that see GPUs. */
  readonly gpuRuntime: string;
  /** Absent: images stay. */
  readonly imageCleanup?: { readonly everyMs: number; readonly minimumAgeMs: number; readonly imagesPerCycle: number };
  /** For registries whose images a task definition names no login for. Never to be logged. */
  readonly registryLogins: StaticLogins;
  /** Processes of one task; absent for no limit. */
  readonly taskPidsLimit?: number;
  readonly cleanupWaitMs: number;
  /** Whether containers are to reach the local endpoints, credentials of their roles among them. */
  readonly taskEndpoints: boolean;
  /** Where the agent tells of itself; absent: nowhere. */
  readonly introspection?: { readonly host: string; readonly port: number };
  /** Whether the control plane is told what containers use. */
  readonly metrics: boolean;
  /** Where objects of S3 are read that tasks need; the control plane if absent. */
  readonly s3Endpoint?: string;
  /** Whether containers that log through FireLens start without waiting for the router to listen; they do if absent. */
  readonly firelensAsync?: boolean;
  readonly logLevel: "debug" | "info" | "warn" | "error";
}

/** A variable with a value that cannot be used; the message says which and what would do. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
}

type Variables = Readonly<Record<string, string | undefined>>;

/**
 * Reads the agent's variables: those of the genuine agent by the same names, and three of ours. An empty one counts as
 * absent. Source: agent protocol, section 1.2.
 * @throws ConfigError
 */
export function readAgentConfig(variables: Variables, host: HostPlatform = hostPlatform()): AgentConfig {
  const text = (name: string) => variables[name]?.trim() || undefined;
  const dockerHost = engineSocket(text("DOCKER_HOST"));
  const zone = text("HATOBA_ZONE");
  const house = text("HATOBA_HOUSE");
  const publishAddress = text("HATOBA_PUBLISH_ADDRESS");
  const hostShell = text("HATOBA_HOST_SHELL");
  const efsRoot = text("HATOBA_EFS_ROOT");
  if (hostShell !== undefined && !/^[a-z_][a-z0-9_-]*\$?$/i.test(hostShell)) {
    throw new ConfigError(`HATOBA_HOST_SHELL takes the name of a user of this machine, not ${hostShell}`);
  }
  if (publishAddress !== undefined && !isIPv4(publishAddress)) {
    throw new ConfigError(`HATOBA_PUBLISH_ADDRESS takes an IPv4 address of this machine, not ${publishAddress}`);
  }
  const s3Endpoint = text("AWS_ENDPOINT_URL_S3");
  const taskEndpoints = yesOrNo("ECS_ENABLE_TASK_IAM_ROLE", text("ECS_ENABLE_TASK_IAM_ROLE") ?? "true");
  const taskLimits = text("ECS_ENABLE_TASK_CPU_MEM_LIMIT");
  const taskPidsLimit = text("ECS_TASK_PIDS_LIMIT");
  const external = yesOrNo("ECS_EXTERNAL", text("ECS_EXTERNAL") ?? "false") ? "EXTERNAL" : "EC2";
  return {
    cluster: text("ECS_CLUSTER") ?? "",
    endpoint: endpoint(required(variables, "ECS_BACKEND_HOST", "the control plane's URL, as http://127.0.0.1:4577")),
    region: text("AWS_REGION") ?? required(variables, "AWS_DEFAULT_REGION", "a region, as us-east-1"),
    credentials: credentials(variables),
    dataDir: host.path.resolve(
      text("ECS_DATADIR") ??
        host.dataDir(variables) ??
        required(variables, "ECS_DATADIR", "a directory that the agent may write"),
    ),
    capacity: oneOf("HATOBA_CAPACITY", text("HATOBA_CAPACITY") ?? external, ["EC2", "EXTERNAL", "FARGATE"]),
    reservedMemoryMiB: whole("ECS_RESERVED_MEMORY", text("ECS_RESERVED_MEMORY") ?? "0"),
    reservedTcpPorts: [
      ...new Set([
        ...ports("ECS_RESERVED_PORTS", text("ECS_RESERVED_PORTS") ?? JSON.stringify(host.reservedTcpPorts)),
        ...(taskEndpoints ? host.credentialsTcpPorts : []),
      ]),
    ],
    reservedUdpPorts: ports("ECS_RESERVED_PORTS_UDP", text("ECS_RESERVED_PORTS_UDP") ?? "[]"),
    attributes: pairs("ECS_INSTANCE_ATTRIBUTES", text("ECS_INSTANCE_ATTRIBUTES") ?? "{}"),
    tags: pairs("ECS_CONTAINER_INSTANCE_TAGS", text("ECS_CONTAINER_INSTANCE_TAGS") ?? "{}"),
    pullBehaviour: oneOf("ECS_IMAGE_PULL_BEHAVIOR", text("ECS_IMAGE_PULL_BEHAVIOR") ?? "default", [
      "default",
      "always",
      "once",
      "prefer-cached",
    ]),
    stopTimeoutSeconds:
      duration("ECS_CONTAINER_STOP_TIMEOUT", text("ECS_CONTAINER_STOP_TIMEOUT") ?? "30s", 1000) / 1000,
    cleanupWaitMs: duration(
      "ECS_ENGINE_TASK_CLEANUP_WAIT_DURATION",
      text("ECS_ENGINE_TASK_CLEANUP_WAIT_DURATION") ?? "0s",
      0,
    ),
    taskEndpoints,
    windowsUnbounded: windowsUnbounded(text),
    metrics: !yesOrNo("ECS_DISABLE_METRICS", text("ECS_DISABLE_METRICS") ?? "false"),
    ...introspection(
      text("HATOBA_INTROSPECTION") ?? (text("HATOBA_CAPACITY") === "FARGATE" ? "off" : "127.0.0.1:51678"),
    ),
    logLevel: oneOf("ECS_LOGLEVEL", text("ECS_LOGLEVEL") ?? "info", ["debug", "info", "warn", "error"]),
    ...(dockerHost === undefined ? {} : { dockerHost }),
    ...(s3Endpoint === undefined ? {} : { s3Endpoint: endpoint(s3Endpoint) }),
    firelensAsync: yesOrNo("ECS_ENABLE_FIRELENS_ASYNC", text("ECS_ENABLE_FIRELENS_ASYNC") ?? "true"),
    gpuSupport: yesOrNo("ECS_ENABLE_GPU_SUPPORT", text("ECS_ENABLE_GPU_SUPPORT") ?? "false"),
    gpuRuntime: text("ECS_NVIDIA_RUNTIME") ?? "nvidia",
    registryLogins: registryLogins(text("ECS_ENGINE_AUTH_TYPE"), text("ECS_ENGINE_AUTH_DATA")),
    ...(yesOrNo("ECS_DISABLE_IMAGE_CLEANUP", text("ECS_DISABLE_IMAGE_CLEANUP") ?? "false")
      ? {}
      : { imageCleanup: imageCleanup(text) }),
    cgroupPath: text("ECS_CGROUP_PATH") ?? "/sys/fs/cgroup",
    ...(taskLimits === undefined ? {} : { taskLimits: yesOrNo("ECS_ENABLE_TASK_CPU_MEM_LIMIT", taskLimits) }),
    ...(taskPidsLimit === undefined ? {} : { taskPidsLimit: whole("ECS_TASK_PIDS_LIMIT", taskPidsLimit) }),
    ...(zone === undefined ? {} : { zone }),
    ...(house === undefined ? {} : { house }),
    ...(publishAddress === undefined ? {} : { publishAddress }),
    ...(hostShell === undefined ? {} : { hostShell }),
    ...(efsRoot === undefined ? {} : { efsRoot }),
  };
}

/** Source: agent protocol §10.1. */
function windowsUnbounded(text: (name: string) => string | undefined): NonNullable<AgentConfig["windowsUnbounded"]> {
  const isSet = (name: string) => yesOrNo(name, text(name) ?? "false");
  return {
    cpuUnbounded: isSet("ECS_ENABLE_CPU_UNBOUNDED_WINDOWS_WORKAROUND"),
    memoryUnbounded: isSet("ECS_ENABLE_MEMORY_UNBOUNDED_WINDOWS_WORKAROUND"),
  };
}

function required(variables: Variables, name: string, what: string): string {
  const value = variables[name]?.trim();
  if (!value) throw new ConfigError(`${name} is missing: it takes ${what}`);
  return value;
}

/** Without a scheme it is https, as for the genuine agent. */
function endpoint(text: string): string {
  const url = text.includes("://") ? text : `https://${text}`;
  if (!URL.canParse(url) || !/^https?:/.test(url)) {
    throw new ConfigError(`ECS_BACKEND_HOST takes a URL as http://127.0.0.1:4577, not ${text}`);
  }
  return url.replace(/\/+$/, "");
}

/** `off`, or an IPv4 address and a port. */
function introspection(text: string): Pick<AgentConfig, "introspection"> {
  if (text === "off") return {};
  const [, host = "", port = ""] = /^([\d.]+):(\d{1,5})$/.exec(text) ?? [];
  if (!isIPv4(host))
    throw new ConfigError(`HATOBA_INTROSPECTION takes off, or an address as 127.0.0.1:51678, not ${text}`);
  return { introspection: { host, port: Number(port) } };
}

function engineSocket(text: string | undefined): string | undefined {
  try {
    engineAddress(text);
    return text;
  } catch (error) {
    throw new ConfigError(error instanceof Error ? error.message : String(error), { cause: error });
  }
}

/** The spellings that Go understands. */
function yesOrNo(name: string, text: string): boolean {
  if (/^(1|t|true)$/i.test(text)) return true;
  if (/^(0|f|false)$/i.test(text)) return false;
  throw new ConfigError(`${name} takes true or false, not ${text}`);
}

function credentials(variables: Variables): Credentials {
  const sessionToken = variables["AWS_SESSION_TOKEN"]?.trim();
  return {
    accessKeyId: required(variables, "AWS_ACCESS_KEY_ID", "an access key of the control plane"),
    secretAccessKey: required(variables, "AWS_SECRET_ACCESS_KEY", "the secret of that access key"),
    ...(sessionToken ? { sessionToken } : {}),
  };
}

function oneOf<const T extends string>(name: string, text: string, choices: readonly T[]): T {
  const found = choices.find((choice) => choice === text);
  if (found === undefined) throw new ConfigError(`${name} takes one of ${choices.join(", ")}, not ${text}`);
  return found;
}

function whole(name: string, text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new ConfigError(`${name} takes a whole number, not ${text}`);
  return Number(text);
}

/** Source of the defaults and the least values: agent protocol, section 1.2. */
function imageCleanup(text: (name: string) => string | undefined): NonNullable<AgentConfig["imageCleanup"]> {
  const minutes = 60_000;
  const time = (name: string, usual: string, leastMs: number) => duration(name, text(name) ?? usual, leastMs);
  return {
    everyMs: time("ECS_IMAGE_CLEANUP_INTERVAL", "30m", 10 * minutes),
    minimumAgeMs: time("ECS_IMAGE_MINIMUM_CLEANUP_AGE", "1h", 0),
    imagesPerCycle: whole("ECS_NUM_IMAGES_DELETE_PER_CYCLE", text("ECS_NUM_IMAGES_DELETE_PER_CYCLE") ?? "5"),
  };
}

/** Nothing of the data goes into a message. */
function registryLogins(type: string | undefined, data: string | undefined): StaticLogins {
  if (type === undefined || data === undefined) return new Map();
  try {
    return parseStaticLogins(oneOf("ECS_ENGINE_AUTH_TYPE", type, ["dockercfg", "docker"]), data);
  } catch (error) {
    if (error instanceof ConfigError) throw error;
    throw new ConfigError(`ECS_ENGINE_AUTH_DATA cannot be used: ${error instanceof Error ? error.message : ""}`);
  }
}

function ports(name: string, text: string): readonly number[] {
  const list = json(name, text, "a JSON list of ports as [22,2375]");
  const isPort = (port: unknown) => Number.isInteger(port) && Number(port) > 0 && Number(port) < 65_536;
  if (!Array.isArray(list) || !list.every(isPort))
    throw new ConfigError(`${name} takes a JSON list of ports as [22,2375], not ${text}`);
  return list as number[];
}

function pairs(name: string, text: string): Readonly<Record<string, string>> {
  const what = 'a JSON object of texts as {"stack":"dev"}';
  const object = json(name, text, what);
  const sound =
    typeof object === "object" &&
    object !== null &&
    !Array.isArray(object) &&
    Object.values(object).every((value) => typeof value === "string");
  if (!sound) throw new ConfigError(`${name} takes ${what}, not ${text}`);
  return object as Readonly<Record<string, string>>;
}

function json(name: string, text: string, what: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw new ConfigError(`${name} takes ${what}, not ${text}`, { cause: error });
  }
}

const unitsMs = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 } as const;

/** Go's spelling, one unit or several: `30s`, `1h30m`. @returns milliseconds, at least `leastMs` */
function duration(name: string, text: string, leastMs: number): number {
  if (!/^(\d+(ms|s|m|h))+$/.test(text)) throw new ConfigError(`${name} takes a time as 30s or 1h30m, not ${text}`);
  const parts = [...text.matchAll(/(\d+)(ms|s|m|h)/g)];
  const total = parts.reduce(
    (sum, [, amount, unit]) => sum + Number(amount) * unitsMs[unit as keyof typeof unitsMs],
    0,
  );
  return Math.max(leastMs, total);
}
