import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { unmountBelow } from "@hatoba/agent";
import { checkout, type Layout } from "../house/layout.ts";
import type { MachineIdentity } from "./exchange.ts";

/** The name under which the agent of a joined machine is written down when it runs in the background. */
export const joinedAgent = "joined-agent";

/** How this machine belongs to a house elsewhere. */
export interface JoinedMachine {
  readonly endpoint: string;
  readonly instanceId: string;
  readonly region: string;
  readonly cluster: string;
  readonly capacity: "EC2" | "EXTERNAL";
  /** As `us-east-1b`. */
  readonly zone?: string;
  /** A directory, or an NFS export as `files.example:/srv/efs`. */
  readonly efsRoot?: string;
}

/** Where it is written down: what it joined, its key (its owner's alone), and the authority it trusts. */
export const joinedFiles = ({ dataDir }: Layout) => {
  const directory = join(dataDir, "joined");
  return {
    directory,
    machine: join(directory, "machine.json"),
    key: join(directory, "machine.key"),
    authority: join(directory, "ca.pem"),
    state: join(directory, "state"),
  };
};

export function readJoined(layout: Layout): JoinedMachine | undefined {
  try {
    return JSON.parse(readFileSync(joinedFiles(layout).machine, "utf8")) as JoinedMachine;
  } catch {
    return undefined; // never joined
  }
}

export interface MachineKey {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

export const readMachineKey = (layout: Layout): MachineKey =>
  JSON.parse(readFileSync(joinedFiles(layout).key, "utf8")) as MachineKey;

/** The key comes first: with it the machine is known, and without the rest it can be joined again. */
export function writeJoined(
  layout: Layout,
  machine: JoinedMachine,
  { accessKeyId, secretAccessKey }: Pick<MachineIdentity, "accessKeyId" | "secretAccessKey">,
  authority: string | undefined,
): void {
  const files = joinedFiles(layout);
  removeFolder(files.directory); // state of an earlier identity
  mkdirSync(files.directory, { recursive: true, mode: 0o700 });
  writeFileSync(files.key, `${JSON.stringify({ accessKeyId, secretAccessKey })}\n`, { mode: 0o600 });
  chmodSync(files.key, 0o600);
  if (authority !== undefined) writeFileSync(files.authority, authority);
  writeFileSync(files.machine, `${JSON.stringify(machine, undefined, 2)}\n`);
}

/** @throws Error if something is mounted in it that cannot be unmounted; then all of it stays */
export const forgetJoined = (layout: Layout): void => removeFolder(joinedFiles(layout).directory);

/** An agent may have mounted file systems of EFS, which are everybody's. */
function removeFolder(directory: string): void {
  unmountBelow(directory);
  rmSync(directory, { recursive: true, force: true });
}

/** The agent's program and what it is told by its environment. */
export function agentOf(layout: Layout, machine: JoinedMachine) {
  const files = joinedFiles(layout);
  return {
    command: [
      process.execPath,
      "--disable-warning=ExperimentalWarning",
      join(checkout, "packages", "agent", "src", "main.ts"),
    ],
    env: {
      ...process.env,
      AWS_ENDPOINT_URL: undefined,
      AWS_CA_BUNDLE: undefined,
      AWS_REGION: machine.region,
      AWS_DEFAULT_REGION: machine.region,
      ECS_BACKEND_HOST: machine.endpoint,
      ECS_CLUSTER: machine.cluster,
      ECS_DATADIR: files.state,
      HATOBA_CAPACITY: machine.capacity,
      HATOBA_HOUSE: layout.houseId,
      HATOBA_KEY_FILE: files.key,
      ...(existsSync(files.authority) ? { SSL_CERT_FILE: files.authority } : {}),
      ...(machine.zone === undefined ? {} : { HATOBA_ZONE: machine.zone }),
      ...(machine.efsRoot === undefined ? {} : { HATOBA_EFS_ROOT: machine.efsRoot }),
    },
  };
}
