import { isIPv4 } from "node:net";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { type AgentRelease, defaultSettings, type Settings } from "./settings.ts";

/** How one control plane process is to run. */
export interface Config {
  readonly settings: Settings;
  /** Absolute. Everything that outlives the process is in here. */
  readonly dataDir: string;
  /** Absolute. Where file systems of EFS lie, each in a directory of its own. */
  readonly efsDir: string;
  readonly listen: { readonly host: string; readonly port: number };
  /** TLS for the whole listener, by the house's own authority and for `names` too, or with a given certificate; absent: none. */
  readonly tls?: { readonly names: readonly string[] } | GivenTls;
  /** `sigv4` checks every signature; `open` takes any key, and only listens on loopback. */
  readonly auth: "sigv4" | "open";
  /** Disk for all logs: bytes, or a share (0 to 1) of the file system; absent: no limit. */
  readonly logBudget?: { readonly bytes: number } | { readonly share: number };
  readonly logLevel: "debug" | "info" | "warn" | "error";
  /** Address that agents are told to connect to; by default the one they called. */
  readonly advertise?: string;
}

/** Paths of PEM files. */
export interface GivenTls {
  readonly cert: string;
  readonly key: string;
}

/** A flag or variable with a value that cannot be used; the message says which and what would do. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
}

/** Every setting: its flag, and what it means. A flag `--data-dir` can be given as HATOBA_DATA_DIR too; the flag wins. */
export const flags = {
  "data-dir": "directory of all state (default ~/.hatoba)",
  "efs-dir": "directory of EFS file systems, one folder each (default DATA-DIR/efs)",
  listen: "HOST:PORT of the one listener (default 127.0.0.1:4577)",
  tls: "serve https with a certificate of the house's own authority (data directory, tls/ca.pem)",
  "tls-names": "further names and addresses for that certificate, comma-separated",
  "tls-cert": "PEM file of a certificate of your own, those that vouch for it behind it; goes with --tls-key",
  "tls-key": "PEM file of its private key",
  "account-id": "twelve digits (default 000000000000)",
  region: "default us-east-1",
  zones: "availability zones, comma-separated (default the region's a, b, c)",
  "vpc-cidr": "block of the default VPC, a /16 (default 172.31.0.0/16)",
  auth: "sigv4 or open (default sigv4)",
  "stopped-task-retention": "how long stopped tasks are kept, as 24h, 30m, 90s (default 24h)",
  "agent-lost-after": "how long an agent may be away before its tasks count as lost (default 10m)",
  "task-proving-time":
    "how long a task without health check has to run before it displaces others (default 2s; 40s at ECS)",
  "session-idle-timeout": "how long a session may be without input and output (default 20m)",
  "session-max-duration": "how long a session may last in all (default no limit)",
  "session-detach-limit": "how long a session waits for a client that was cut off (default 5m)",
  "sessions-per-target": "how many sessions one container may have at the same time (default 64; 2 at ECS)",
  "session-transcript": "plain or raw: transcripts without or with the terminal's control sequences (default plain)",
  "agent-release":
    "the release that UpdateContainerAgent has agents change to, as https://host/agent.tar#SHA256 (default none)",
  advertise: "URL that agents connect to, if it is not the one they called",
  "log-budget": "disk for all logs, as 20GB, or 10% of the file system, or none; the oldest go first (default 20%)",
  "log-level": "debug, info, warn or error (default info)",
} as const;
type Flag = keyof typeof flags;

/** Reads flags, then HATOBA_… variables, then defaults. @throws ConfigError */
export function readConfig(args: readonly string[], env: Readonly<Record<string, string | undefined>>): Config {
  const given = readFlags(args);
  const value = (flag: Flag) => given[flag] ?? env[`HATOBA_${flag.toUpperCase().replaceAll("-", "_")}`];
  const listen = parseListen(value("listen") ?? "127.0.0.1:4577");
  const auth = oneOf("auth", value("auth") ?? "sigv4", ["sigv4", "open"]);
  if (auth === "open" && !isLoopback(listen.host)) {
    throw new ConfigError(
      `--auth open takes any key, so it only goes with a loopback address, not --listen ${listen.host}`,
    );
  }
  const advertise = value("advertise");
  const tls = readTls(value);
  const logBudget = parseLogBudget(value("log-budget") ?? "20%");
  const dataDir = resolve(value("data-dir") ?? join(homedir(), ".hatoba"));
  return {
    settings: readSettings(value),
    dataDir,
    efsDir: resolve(value("efs-dir") ?? join(dataDir, "efs")),
    listen,
    auth,
    ...(tls === undefined ? {} : { tls }),
    ...(logBudget === undefined ? {} : { logBudget }),
    logLevel: oneOf("log-level", value("log-level") ?? "info", ["debug", "info", "warn", "error"]),
    ...(advertise === undefined ? {} : { advertise: parseUrl(advertise) }),
  };
}

function readTls(value: (flag: Flag) => string | undefined): Config["tls"] {
  const [cert, key, names] = [value("tls-cert"), value("tls-key"), value("tls-names")];
  const own = oneOf("tls", value("tls") ?? "false", ["true", "false"]) === "true";
  if ((cert === undefined) !== (key === undefined)) throw new ConfigError("--tls-cert and --tls-key go together");
  if (cert !== undefined && key !== undefined) {
    if (names !== undefined)
      throw new ConfigError("--tls-names is for the house's own certificate, not for --tls-cert");
    return { cert: resolve(cert), key: resolve(key) };
  }
  if (!own && names !== undefined) throw new ConfigError("--tls-names goes with --tls");
  return own ? { names: (names ?? "").split(",").filter((name) => name !== "") } : undefined;
}

function readSettings(value: (flag: Flag) => string | undefined): Settings {
  const region = matching(
    "region",
    value("region") ?? defaultSettings.region,
    /^[a-z]{2}(-[a-z]+)+-\d$/,
    "a region as us-east-1",
  );
  const zones = value("zones")?.split(",") ?? ["a", "b", "c"].map((letter) => `${region}${letter}`);
  for (const zone of zones) matching("zones", zone, /^[a-z0-9-]+[a-z]$/, "zones as us-east-1a,us-east-1b");
  if (new Set(zones).size !== zones.length || zones.length > 6)
    throw new ConfigError("--zones takes one to six different zones");
  return {
    accountId: matching("account-id", value("account-id") ?? defaultSettings.accountId, /^\d{12}$/, "twelve digits"),
    region,
    availabilityZones: zones,
    vpcCidr: parseVpcCidr(value("vpc-cidr") ?? defaultSettings.vpcCidr),
    stoppedTaskRetentionMs: parseDuration("stopped-task-retention", value("stopped-task-retention") ?? "24h"),
    agentLostAfterMs: parseDuration("agent-lost-after", value("agent-lost-after") ?? "10m"),
    ...(value("agent-release") === undefined ? {} : { agentRelease: parseRelease(value("agent-release") ?? "") }),
    taskProvingMs: parseDuration("task-proving-time", value("task-proving-time") ?? "2s"),
    sessions: readSessionSettings(value),
  };
}

function readSessionSettings(value: (flag: Flag) => string | undefined): Settings["sessions"] {
  const defaults = defaultSettings.sessions;
  const time = (flag: Flag, otherwise: number) => {
    const given = value(flag);
    return given === undefined ? otherwise : parseDuration(flag, given);
  };
  return {
    idleMs: time("session-idle-timeout", defaults.idleMs),
    longestMs: time("session-max-duration", defaults.longestMs),
    detachedMs: time("session-detach-limit", defaults.detachedMs),
    perTarget: Number(
      matching(
        "sessions-per-target",
        value("sessions-per-target") ?? "64",
        /^[1-9]\d{0,3}$/,
        "a number from 1 to 9999",
      ),
    ),
    transcript: oneOf("session-transcript", value("session-transcript") ?? defaults.transcript, ["plain", "raw"]),
  };
}

function readFlags(args: readonly string[]): Partial<Record<Flag, string>> {
  try {
    const options = Object.fromEntries(
      Object.keys(flags).map((flag) => [flag, { type: flag === "tls" ? ("boolean" as const) : ("string" as const) }]),
    );
    const { values } = parseArgs({ args: [...args], options, strict: true });
    return Object.fromEntries(Object.entries(values).map(([flag, given]) => [flag, String(given)]));
  } catch (error) {
    throw new ConfigError(error instanceof Error ? error.message : String(error), { cause: error });
  }
}

function parseListen(text: string): Config["listen"] {
  const at = text.lastIndexOf(":");
  const host = text.slice(0, at).replace(/^\[(.*)\]$/, "$1");
  const port = Number(text.slice(at + 1));
  if (at < 1 || !Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new ConfigError(`--listen takes HOST:PORT as 127.0.0.1:4577, not ${text}`);
  }
  return { host, port };
}

function parseVpcCidr(text: string): string {
  const [address, length] = text.split("/");
  if (address === undefined || !isIPv4(address) || length !== "16" || !address.endsWith(".0.0")) {
    throw new ConfigError(`--vpc-cidr takes a /16 block as 172.31.0.0/16, not ${text}`);
  }
  return text;
}

function parseDuration(flag: Flag, text: string): number {
  const [, amount, unit] = /^(\d+)(s|m|h|d)$/.exec(text) ?? [];
  if (amount === undefined || unit === undefined)
    throw new ConfigError(`--${flag} takes a time as 24h, 30m or 90s, not ${text}`);
  return Number(amount) * { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }[unit as "s" | "m" | "h" | "d"];
}

/** Decimal units, as disks have them. At least 100 MB: what is written to and what is being sealed cannot be removed. */
function parseLogBudget(text: string): Config["logBudget"] {
  if (text === "none") return undefined;
  const [, amount, unit] = /^(\d+(?:\.\d+)?)(MB|GB|TB|%)$/.exec(text) ?? [];
  const value = Number(amount);
  if (unit === "%" && value > 0 && value <= 90) return { share: value / 100 };
  const bytes = value * ({ MB: 1e6, GB: 1e9, TB: 1e12 }[unit ?? ""] ?? 0);
  if (!(bytes >= 100e6))
    throw new ConfigError(`--log-budget takes a size as 20GB (from 100MB on), a share as 10%, or none, not ${text}`);
  return { bytes };
}

function parseRelease(text: string): AgentRelease {
  const [location = "", sha256 = "", ...rest] = text.split("#");
  if (!URL.canParse(location) || !/^https?:/.test(location) || !/^[0-9a-f]{64}$/i.test(sha256) || rest.length > 0)
    throw new ConfigError(
      `--agent-release takes https://host/agent.tar#SHA256 with 64 hexadecimal digits, not ${text}`,
    );
  return { location, sha256: sha256.toLowerCase() };
}

function parseUrl(text: string): string {
  if (!URL.canParse(text) || !/^https?:/.test(text))
    throw new ConfigError(`--advertise takes a URL as http://10.0.0.5:4577, not ${text}`);
  return text.replace(/\/+$/, "");
}

function oneOf<const T extends string>(flag: Flag, text: string, choices: readonly T[]): T {
  const found = choices.find((choice) => choice === text);
  if (found === undefined) throw new ConfigError(`--${flag} takes one of ${choices.join(", ")}, not ${text}`);
  return found;
}

function matching(flag: Flag, text: string, pattern: RegExp, what: string): string {
  if (!pattern.test(text)) throw new ConfigError(`--${flag} takes ${what}, not ${text}`);
  return text;
}

/** 127.0.0.0/8, ::1 and localhost. */
export const isLoopback = (host: string): boolean =>
  host === "localhost" || host === "::1" || (isIPv4(host) && host.startsWith("127."));
