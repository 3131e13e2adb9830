import { win32 } from "node:path";
import { programData } from "../platform/host-platform.ts";
import { serviceFlag } from "./service-exit.ts";
import { serviceHostSource } from "./service-host.ts";

/** Name of the service for the service manager, and what people read. */
export const windowsServiceName = "HatobaECS";
const displayName = "Hatoba ECS agent";

/** Restarts after the first, the second and every further failure, in milliseconds. Source: agent protocol §10.1, Form. */
const restartsMs = [5_000, 30_000, 60_000] as const;
/** So long without a failure, and the next one counts as the first, in seconds. */
const resetSeconds = 300;
/** Groups by their SIDs, since their names are translated: the system's own account and the administrators. */
const system = "*S-1-5-18";
const administrators = "*S-1-5-32-544";

export interface WindowsServiceOptions {
  /** Of Node's program, as `C:\\Program Files\\nodejs\\node.exe`. */
  readonly node: string;
  /** The agent's main.ts. */
  readonly main: string;
  /** Lines of `NAME=VALUE` that the agent gets as its environment; they hold its keys. */
  readonly environment: Readonly<Record<string, string>>;
  /** Variables of the installing process, for %ProgramData%. */
  readonly variables?: Readonly<Record<string, string | undefined>>;
}

/** One command, with what a failure of it means. */
export interface ServiceCommand {
  readonly what: string;
  readonly program: "sc.exe" | "icacls.exe" | "powershell.exe";
  readonly args: readonly string[];
  /** Goes on if it fails: what it undoes may not be there. */
  readonly mayFail?: boolean;
}

export interface WindowsServiceFile {
  readonly path: string;
  readonly content: string;
  /** For administrators and the system alone. */
  readonly secret: boolean;
}

/** What installs, starts, stops and removes the agent as a service of Windows; files first, then commands in their order. */
export interface WindowsServicePlan {
  /** Made with all that is above them, before `secure`. */
  readonly folders: readonly string[];
  /** Closes the folders to other users; before any file is written. */
  readonly secure: readonly ServiceCommand[];
  readonly files: readonly WindowsServiceFile[];
  readonly install: readonly ServiceCommand[];
  readonly start: readonly ServiceCommand[];
  readonly stop: readonly ServiceCommand[];
  readonly uninstall: readonly ServiceCommand[];
}

/**
 * The agent as a service: started at boot after Docker, restarted when it fails. Node does not speak the service manager's
 * protocol, so a small program of ours does, which PowerShell compiles from source on the machine; nothing is fetched.
 * Pure: nothing is run here. @throws Error for a value that cannot stand in a line of its own
 */
export function windowsServiceCommands(options: WindowsServiceOptions): WindowsServicePlan {
  const home = win32.join(programData(options.variables ?? {}), "Hatoba", "ECS");
  const [data, log] = [win32.join(home, "data"), win32.join(home, "log")];
  const source = win32.join(home, "service-host.cs");
  const host = win32.join(home, "hatoba-ecs-service.exe");
  const settings = win32.join(home, "ecs.config");
  const environment = { ECS_DATADIR: data, ...options.environment };
  const start = [sc("start the service", ["start", windowsServiceName])];
  const stop = [{ ...sc("stop the service", ["stop", windowsServiceName]), mayFail: true }];
  return {
    folders: [home, data, log],
    secure: [
      {
        what: "close the folder to other users",
        program: "icacls.exe",
        args: [home, "/inheritance:r", "/grant:r", `${system}:(OI)(CI)F`, `${administrators}:(OI)(CI)F`],
      },
    ],
    files: [
      { path: source, content: serviceHostSource, secret: false },
      { path: settings, content: settingsFile(options, win32.join(log, "ecs-agent.log"), environment), secret: true },
    ],
    install: [
      compile(source, host),
      sc("make the service", [
        "create",
        windowsServiceName,
        "binPath=",
        `"${host}" "${settings}"`,
        "DisplayName=",
        displayName,
        "start=",
        "delayed-auto",
        "depend=",
        "docker",
      ]),
      sc("restart it when it fails", [
        "failure",
        windowsServiceName,
        "reset=",
        String(resetSeconds),
        "actions=",
        restartsMs.map((delay) => `restart/${delay}`).join("/"),
      ]),
      // Without it only a service that dies without a word counts as failed, not one that reports an exit code.
      sc("count exit codes as failures", ["failureflag", windowsServiceName, "1"]),
      sc("describe it", ["description", windowsServiceName, "Runs tasks of Hatoba on this container instance."]),
    ],
    start,
    stop,
    // Its data stays: containers run on, and an agent that is installed again takes them over.
    uninstall: [...stop, { ...sc("remove the service", ["delete", windowsServiceName]), mayFail: true }],
  };
}

const sc = (what: string, args: readonly string[]): ServiceCommand => ({ what, program: "sc.exe", args });

/** Windows PowerShell is part of every Windows Server, with the .NET Framework that it compiles for. */
function compile(source: string, host: string): ServiceCommand {
  const script = [
    "$ErrorActionPreference = 'Stop'",
    `if (Test-Path -LiteralPath ${quoted(host)}) { Remove-Item -LiteralPath ${quoted(host)} }`,
    `Add-Type -TypeDefinition (Get-Content -Raw -LiteralPath ${quoted(source)}) -OutputAssembly ${quoted(host)}` +
      " -OutputType ConsoleApplication -ReferencedAssemblies System, System.ServiceProcess",
  ].join("; ");
  return {
    what: "compile the program that the service manager starts",
    program: "powershell.exe",
    args: ["-NoProfile", "-NonInteractive", "-ExecutionPolicy", "Bypass", "-Command", script],
  };
}

/** A text for PowerShell in which nothing is expanded. */
const quoted = (text: string) => `'${text.replaceAll("'", "''")}'`;

/** What the service host reads: three lines of its own, an empty one, and the agent's environment. */
function settingsFile(
  { node, main }: WindowsServiceOptions,
  log: string,
  environment: Readonly<Record<string, string>>,
): string {
  const lines = [
    `program=${node}`,
    `arguments=--disable-warning=ExperimentalWarning "${main}" ${serviceFlag}`,
    `log=${log}`,
    "",
    ...Object.entries(environment).map(([name, value]) => `${name}=${value}`),
  ];
  const broken = lines.find((line) => /[\r\n]/.test(line));
  if (broken !== undefined) throw new Error(`${broken.split("=")[0]} cannot have a line break in it`);
  return `${lines.join("\r\n")}\r\n`;
}
