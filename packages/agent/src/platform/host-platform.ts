import { type PlatformPath, posix, win32 } from "node:path";

/** What is different on this machine's operating system for the agent's own process. Containers: see runtime/engine-platform.ts. */
export interface HostPlatform {
  readonly name: "linux" | "windows";
  /** Rules of paths on this machine. */
  readonly path: PlatformPath;
  /** As DOCKER_HOST spells it. */
  readonly engineAddress: string;
  /** Ports that no task may take on this machine. */
  readonly reservedTcpPorts: readonly number[];
  /** Kept back too when tasks have roles: the address for their credentials is served there. */
  readonly credentialsTcpPorts: readonly number[];
  /** Inclusive; where host ports for ranges of container ports are picked. */
  readonly dynamicPorts: { readonly from: number; readonly to: number };
  /** Ways in which the agent is asked to stop; each can be listened for. */
  readonly stopSignals: readonly NodeJS.Signals[];
  /** Where the agent keeps its state unless it is told; undefined where it has to be told. */
  dataDir(variables: Readonly<Record<string, string | undefined>>): string | undefined;
}

/** Docker's own ports, introspection and task metadata: on every machine. */
const agentPorts = [2375, 2376, 51678, 51679] as const;

const linux: HostPlatform = {
  name: "linux",
  path: posix,
  engineAddress: "unix:///var/run/docker.sock",
  reservedTcpPorts: [22, ...agentPorts],
  credentialsTcpPorts: [],
  dynamicPorts: { from: 32_768, to: 60_999 },
  stopSignals: ["SIGTERM", "SIGINT"],
  dataDir: () => undefined,
};

/**
 * Source: agent protocol §10.1; Node.js, Signal events: SIGTERM cannot be received on Windows, SIGBREAK is Ctrl+Break, and
 * SIGHUP comes when the console is closed, ten seconds before the process is ended.
 */
const windows: HostPlatform = {
  name: "windows",
  path: win32,
  engineAddress: "npipe:////./pipe/docker_engine",
  // Name service, RPC, NetBIOS, file sharing, Remote Desktop and both listeners of Windows Remote Management.
  reservedTcpPorts: [53, 135, 139, 445, 3389, 5985, 5986, ...agentPorts],
  credentialsTcpPorts: [80],
  dynamicPorts: { from: 49_152, to: 65_535 },
  stopSignals: ["SIGINT", "SIGBREAK", "SIGHUP"],
  dataDir: (variables) => win32.join(programData(variables), "Hatoba", "ECS", "data"),
};

/** @param platform as `process.platform` has it; all that is not Windows counts as Linux. */
export function hostPlatform(platform: NodeJS.Platform = process.platform): HostPlatform {
  return platform === "win32" ? windows : linux;
}

/** The folder that Windows keeps for the data of programs; variables of Windows have no case. */
export function programData(variables: Readonly<Record<string, string | undefined>>): string {
  return variables["ProgramData"]?.trim() || variables["PROGRAMDATA"]?.trim() || "C:\\ProgramData";
}

/**
 * A named pipe as node:http takes it: `//./pipe/docker_engine` → `\\.\pipe\docker_engine`. Other paths are left alone.
 * Source: Node.js, "Identifying paths for IPC connections".
 */
export function pipePath(path: string): string {
  return /^[\\/]{2}[.?][\\/]pipe[\\/]/i.test(path) ? path.replaceAll("/", "\\") : path;
}
