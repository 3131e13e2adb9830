import { mkdirSync, writeFileSync } from "node:fs";
import { type ServiceCommand, type WindowsServicePlan, windowsServiceCommands } from "@hatoba/agent";

/** How a plan reaches this machine. */
export interface ServiceActs {
  makeFolder(path: string): void;
  writeFile(path: string, content: string): void;
  /** Rejects if the command fails. */
  run(command: readonly string[]): Promise<void>;
}

/** @param run runs a command of this machine */
export const onThisMachine = (run: ServiceActs["run"]): ServiceActs => ({
  makeFolder: (path) => void mkdirSync(path, { recursive: true }),
  writeFile: (path, content) => writeFileSync(path, content),
  run,
});

/** Variables that the agent is told of, out of all those that it would inherit. */
const isOwn = ([name, value]: readonly [string, string | undefined]): boolean =>
  value !== undefined && /^(AWS_(DEFAULT_)?REGION|ECS_\w+|HATOBA_\w+|SSL_CERT_FILE|DOCKER_\w+)$/.test(name);

/** The plan for an agent that would be started by this command and environment. */
export function windowsServiceOf(
  command: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): WindowsServicePlan {
  const [node = "", main = ""] = [command[0], command.at(-1)];
  const environment = Object.fromEntries(Object.entries(env).filter(isOwn)) as Record<string, string>;
  return windowsServiceCommands({ node, main, environment, variables: env });
}

/** Makes the service and starts it. Needs an administrator. */
export async function installWindowsService(plan: WindowsServicePlan, acts: ServiceActs): Promise<void> {
  for (const folder of plan.folders) acts.makeFolder(folder);
  await inOrder(plan.secure, acts);
  for (const { path, content } of plan.files) acts.writeFile(path, content);
  await inOrder([...plan.install, ...plan.start], acts);
}

/** Stops the service and removes it; what it kept stays. */
export async function uninstallWindowsService(
  plan: Pick<WindowsServicePlan, "uninstall">,
  acts: Pick<ServiceActs, "run">,
): Promise<void> {
  await inOrder(plan.uninstall, acts);
}

async function inOrder(commands: readonly ServiceCommand[], acts: Pick<ServiceActs, "run">): Promise<void> {
  for (const { what, program, args, mayFail = false } of commands) {
    try {
      await acts.run([program, ...args]);
    } catch (cause) {
      if (!mayFail) throw new Error(`could not ${what}`, { cause });
    }
  }
}
