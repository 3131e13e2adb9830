/** A release of the agent. */
export interface AgentRelease {
  /** An http or https address. */
  readonly location: string;
  /** 64 hexadecimal digits. */
  readonly sha256: string;
}

/** How one control plane is set up. Filled from flags and environment by config.ts; read everywhere. */
export interface Settings {
  /** What UpdateContainerAgent has agents change to; without it there is no update. */
  readonly agentRelease?: AgentRelease;
  /** Twelve digits. */
  readonly accountId: string;
  readonly region: string;
  /** Names as `us-east-1a`; three by default. */
  readonly availabilityZones: readonly string[];
  /** The default VPC's block, as `172.31.0.0/16`. */
  readonly vpcCidr: string;
  /** How long stopped tasks are kept, in milliseconds. */
  readonly stoppedTaskRetentionMs: number;
  /** How long a container instance may be without its agent before its tasks count as lost, in milliseconds. */
  readonly agentLostAfterMs: number;
  /**
   * How long a service's task that nothing checks has to run before it counts as one that serves, in milliseconds: so that a
   * version that ends as soon as it starts does not displace one that works. ECS waits 40 s.
   */
  readonly taskProvingMs: number;
  /** How sessions (ECS Exec, SSM) are kept. */
  readonly sessions: SessionSettings;
}

/** Times are milliseconds. */
export interface SessionSettings {
  /** A session without input and output for so long is ended. */
  readonly idleMs: number;
  /** A session is ended after so long, whatever happens in it; 0 for never. */
  readonly longestMs: number;
  /** How long a session waits for a client that was cut off. */
  readonly detachedMs: number;
  /** Sessions that one container, or one container instance itself, has at the same time. ECS allows 2. */
  readonly perTarget: number;
  /** `plain`: transcripts without the terminal's control sequences. */
  readonly transcript: "plain" | "raw";
}

export const defaultSettings: Settings = {
  accountId: "000000000000",
  region: "us-east-1",
  availabilityZones: ["us-east-1a", "us-east-1b", "us-east-1c"],
  vpcCidr: "172.31.0.0/16",
  stoppedTaskRetentionMs: 24 * 60 * 60 * 1000,
  agentLostAfterMs: 10 * 60 * 1000,
  taskProvingMs: 2_000,
  sessions: {
    idleMs: 20 * 60 * 1000,
    longestMs: 0,
    detachedMs: 5 * 60 * 1000,
    perTarget: 64,
    transcript: "plain",
  },
};
