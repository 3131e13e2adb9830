import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, openSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { House } from "../docker/house.ts";

/** The path to a binary of the genuine Amazon ECS container agent; the tests with it run when this is set. */
export const agentBinary = process.env["HATOBA_GENUINE_AGENT"];

/** The genuine agent as a process on this machine, in external mode. */
export interface GenuineAgent {
  readonly process: ChildProcess;
  /** Everything it has logged, also before a restart. */
  log(): string;
  /** Sends a signal and waits until it is gone. */
  end(signal: "SIGTERM" | "SIGKILL"): Promise<void>;
}

/**
 * Starts it against a house, over plain HTTP on loopback.
 * @param dir its data and log; one that an earlier agent used is taken over
 */
export function startGenuineAgent(
  house: House,
  { dir, cluster }: { readonly dir: string; readonly cluster: string },
): GenuineAgent {
  if (agentBinary === undefined) throw new Error("HATOBA_GENUINE_AGENT is not set");
  mkdirSync(join(dir, "data"), { recursive: true });
  const logFile = join(dir, "agent.log");
  const log = openSync(logFile, "a");
  const agent = spawn(agentBinary, [], {
    cwd: dir,
    stdio: ["ignore", log, log],
    env: {
      PATH: process.env["PATH"],
      ECS_BACKEND_HOST: house.endpoint,
      ECS_CLUSTER: cluster,
      ECS_EXTERNAL: "true",
      ECS_DATADIR: `${dir}/data/`,
      ECS_HOST_DATA_DIR: "/",
      ECS_AUDIT_LOGFILE: `${dir}/audit.log`,
      ECS_INSTANCE_ATTRIBUTES: '{"stack":"dev"}',
      ECS_RESERVED_PORTS: "[22,2375,2376,51678,51679]",
      ECS_ENABLE_TASK_IAM_ROLE: "true",
      ECS_CONTAINER_STOP_TIMEOUT: "2s",
      ECS_IMAGE_PULL_BEHAVIOR: "prefer-cached",
      AWS_DEFAULT_REGION: house.env["AWS_REGION"],
      AWS_ACCESS_KEY_ID: house.env["AWS_ACCESS_KEY_ID"],
      AWS_SECRET_ACCESS_KEY: house.env["AWS_SECRET_ACCESS_KEY"],
      AWS_EC2_METADATA_DISABLED: "true",
      // It reads secrets where AWS has them, unless it is told of another place.
      AWS_ENDPOINT_URL_SSM: house.endpoint,
      AWS_ENDPOINT_URL_SECRETS_MANAGER: house.endpoint,
    },
  });
  const gone = new Promise<void>((resolve) => agent.once("exit", () => resolve()));
  return {
    process: agent,
    log: () => readFileSync(logFile, "utf8"),
    async end(signal) {
      agent.kill(signal);
      await gone;
    },
  };
}
