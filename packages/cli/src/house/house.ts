import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { getCACertificates, setDefaultCACertificates } from "node:tls";
import { UserError } from "../terminal/user-error.ts";
import { checkout, type Layout } from "./layout.ts";
import { type ProcessRecord, runningProcess, startProcess } from "./processes.ts";

/** What the user chose at `up`; kept, so that `status`, `env` and a second `up` speak of the same house. */
export interface Choices {
  /** HOST:PORT of the control plane. */
  readonly listen: string;
  readonly region: string;
  readonly accountId: string;
  readonly vpcCidr: string;
  /** https, by the house's own authority or, with `tlsCert` and `tlsKey`, by a given certificate. */
  readonly tls?: boolean;
  readonly tlsCert?: string;
  readonly tlsKey?: string;
  /** Further names and addresses for the own certificate, comma-separated. */
  readonly tlsNames?: string;
  /** URL that other machines reach the control plane at. */
  readonly advertise?: string;
  /** Absolute: where EFS file systems lie. */
  readonly efsDir?: string;
}
export const defaultChoices: Choices = {
  listen: "127.0.0.1:4577",
  region: "us-east-1",
  accountId: "000000000000",
  vpcCidr: "172.31.0.0/16",
};

export interface AccessKey {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** The processes of a house, in the order in which they are started. */
export const processNames = ["control-plane", "agent", "agent-fargate"] as const;
export type ProcessName = (typeof processNames)[number];

/** Where this machine reaches its house. */
export function endpointOf({ listen, tls, tlsCert, advertise }: Choices): string {
  // A certificate from elsewhere is not for loopback.
  if (tlsCert !== undefined && advertise !== undefined) return advertise;
  const scheme = tls || tlsCert !== undefined ? "https" : "http";
  return `${scheme}://${listen.replace(/^0\.0\.0\.0:/, "127.0.0.1:").replace(/^\[::\]:/, "[::1]:")}`;
}

/** The own authority's certificate, if the house serves by it. */
export const authorityOf = (layout: Layout, { tls, tlsCert }: Choices): string | undefined =>
  tls && tlsCert === undefined ? join(layout.dataDir, "tls", "ca.pem") : undefined;

/** From now on this process trusts the house's own authority too; one that is not there yet is none. */
export function trustAuthority(layout: Layout, choices: Choices): void {
  const path = authorityOf(layout, choices);
  if (path === undefined || !existsSync(path)) return;
  const [authority, known] = [readFileSync(path, "utf8").trim(), getCACertificates("default")];
  if (!known.some((each) => each.trim() === authority)) setDefaultCACertificates([...known, authority]);
}

export function readChoices(layout: Layout): Choices | undefined {
  return readJson<Choices>(layout.choicesFile);
}

export function writeChoices(layout: Layout, choices: Choices): void {
  mkdirSync(dirname(layout.choicesFile), { recursive: true, mode: 0o700 });
  writeFileSync(layout.choicesFile, `${JSON.stringify(choices)}\n`);
}

/** The root access key; undefined before the control plane's first start. */
export const readAccessKey = (layout: Layout): AccessKey | undefined => readJson<AccessKey>(layout.credentialsFile);

function readJson<T>(path: string): T | undefined {
  try {
    return JSON.parse(readFileSync(path, "utf8")) as T;
  } catch {
    return undefined;
  }
}

/** What the `aws` CLI and every SDK read to find this house. */
export function awsVariables(layout: Layout, choices: Choices): Readonly<Record<string, string>> | undefined {
  const key = readAccessKey(layout);
  if (key === undefined) return undefined;
  const authority = authorityOf(layout, choices);
  return {
    AWS_ENDPOINT_URL: endpointOf(choices),
    AWS_ACCESS_KEY_ID: key.accessKeyId,
    AWS_SECRET_ACCESS_KEY: key.secretAccessKey,
    AWS_DEFAULT_REGION: choices.region,
    AWS_REGION: choices.region,
    // `aws logs start-live-tail` would call stream-127.0.0.1 without.
    AWS_DISABLE_HOST_PREFIX_INJECTION: "true",
    ...(authority === undefined ? {} : { AWS_CA_BUNDLE: authority, NODE_EXTRA_CA_CERTS: authority }),
  };
}

/** Starts one process of the house unless it runs. */
export function ensureProcess(layout: Layout, choices: Choices, name: ProcessName): ProcessRecord {
  return (
    runningProcess(layout, name) ??
    startProcess(layout, name, commandOf(layout, choices, name), environmentOf(layout, choices, name))
  );
}

/**
 * What the control plane's Node.js is started with. Thousands of calls under way at a time live longer than the 16 MiB for young
 * objects last by default, and would be copied again and again; the room is taken only when it is needed.
 */
export const controlPlaneFlags: readonly string[] = ["--max-semi-space-size=64"];

const program = (name: "control-plane" | "agent"): readonly string[] => [
  process.execPath,
  "--disable-warning=ExperimentalWarning",
  ...(name === "control-plane" ? controlPlaneFlags : []),
  join(checkout, "packages", name, "src", "main.ts"),
];

function commandOf(layout: Layout, choices: Choices, name: ProcessName): readonly string[] {
  if (name !== "control-plane") return program("agent");
  const { listen, region, accountId, vpcCidr, tlsCert, tlsKey, tlsNames, advertise } = choices;
  const flags = {
    "data-dir": layout.dataDir,
    listen,
    region,
    "account-id": accountId,
    "vpc-cidr": vpcCidr,
    advertise,
    "efs-dir": choices.efsDir,
    "tls-cert": tlsCert,
    "tls-key": tlsKey,
    "tls-names": tlsNames,
  };
  const given = Object.entries(flags).flatMap(([flag, value]) => (value === undefined ? [] : [`--${flag}`, value]));
  return [...program(name), ...given, ...(choices.tls && tlsCert === undefined ? ["--tls"] : [])];
}

function environmentOf(
  layout: Layout,
  choices: Choices,
  name: ProcessName,
): Readonly<Record<string, string | undefined>> {
  if (name === "control-plane") return process.env;
  const fargate = name === "agent-fargate";
  return {
    ...process.env,
    ...awsVariables(layout, choices),
    AWS_ENDPOINT_URL: undefined,
    AWS_CA_BUNDLE: undefined,
    SSL_CERT_FILE: authorityOf(layout, choices) ?? process.env["SSL_CERT_FILE"],
    ECS_BACKEND_HOST: endpointOf(choices),
    ECS_DATADIR: join(layout.dataDir, name),
    HATOBA_CAPACITY: fargate ? "FARGATE" : "EC2",
    HATOBA_HOUSE: layout.houseId,
    HATOBA_EFS_ROOT:
      process.env["HATOBA_EFS_ROOT"] ?? choices.efsDir ?? process.env["HATOBA_EFS_DIR"] ?? join(layout.dataDir, "efs"),
    // While the API is for this machine alone, so are the ports of its tasks.
    ...(choices.listen.startsWith("127.") ? { HATOBA_PUBLISH_ADDRESS: "127.0.0.1" } : {}),
    ...(fargate ? {} : { ECS_CLUSTER: "default" }),
  };
}

/**
 * Waits until the control plane answers.
 * @throws Error with the end of its log, as soon as the process is gone
 */
export async function waitForControlPlane(layout: Layout, choices: Choices): Promise<void> {
  for (const deadline = Date.now() + 30_000; ; await wait(30)) {
    trustAuthority(layout, choices); // made at its first start
    if (await answers(choices)) return;
    if (runningProcess(layout, "control-plane") === undefined)
      throw new UserError(`The control plane stopped at once.\n${lastLines(layout, "control-plane")}`);
    if (Date.now() > deadline)
      throw new UserError(`The control plane does not answer.\n${lastLines(layout, "control-plane")}`);
  }
}

/** Whether a Hatoba control plane answers at the address. */
export async function answers(choices: Choices): Promise<boolean> {
  try {
    const response = await fetch(`${endpointOf(choices)}/healthz`, { signal: AbortSignal.timeout(2000) });
    await response.body?.cancel();
    return response.ok;
  } catch {
    return false;
  }
}

/** The last ten lines of a process's log. */
export function lastLines(layout: Layout, name: ProcessName): string {
  const path = join(layout.logDir, `${name}.log`);
  try {
    return `${readFileSync(path, "utf8").trimEnd().split("\n").slice(-10).join("\n")}\n(the whole log: ${path})`;
  } catch {
    return `(it left no log at ${path})`;
  }
}
