import { ECSClient } from "@aws-sdk/client-ecs";
import { SSMClient } from "@aws-sdk/client-ssm";
import { commandText } from "../exec/command-text.ts";
import { liveSession } from "../exec/exec-session.ts";
import { openFailure } from "../exec/open-failure.ts";
import { type Clients, openSession, resumeSession, type SessionWish } from "../exec/open-session.ts";
import { endpointOf, readAccessKey, readChoices } from "../house/house.ts";
import { layoutOf } from "../house/layout.ts";
import { takeTerminal } from "../terminal/raw-terminal.ts";
import { UserError } from "../terminal/user-error.ts";

export interface ExecOptions {
  readonly dataDir?: string;
  readonly cluster?: string;
  readonly container?: string;
}

/** What programs are told whose output goes to no terminal. */
const noTerminalSize = { cols: 300, rows: 100 };

/**
 * `hatoba exec`: runs a command in a container of a task, without the AWS CLI and its plugin. At a terminal it is a
 * terminal session; otherwise input, output and error output are three streams of bytes.
 * @returns the command's exit code, or 255 if the session ended otherwise
 */
export async function exec(
  task: string,
  words: readonly string[],
  { dataDir, cluster, container }: ExecOptions,
): Promise<number> {
  const { stdin, stdout, stderr } = process;
  const terminal = stdin.isTTY && stdout.isTTY;
  const clients = houseClients(dataDir);
  const access = await openOrSay(clients, {
    task,
    command: commandText(words),
    terminal,
    ...(cluster === undefined ? {} : { cluster }),
    ...(container === undefined ? {} : { container }),
  });
  const leaving = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(signal, () => leaving.abort());
  for (const stream of [stdout, stderr]) stream.on("error", () => stream.destroy());
  const giveBack = terminal ? takeTerminal(stdin) : undefined;
  try {
    const end = await liveSession({
      access,
      input: stdin,
      output: stdout,
      errorOutput: stderr,
      size: () => (terminal ? { cols: stdout.columns, rows: stdout.rows } : noTerminalSize),
      onResize: (listener) => void stdout.on("resize", listener),
      resume: (signal) => resumeSession(clients.ssm, access.sessionId, signal),
      leave: leaving.signal,
    });
    if (end.text !== "") stderr.write(`${end.text.trimStart()}\n`);
    return end.exitCode ?? (leaving.signal.aborted ? 130 : 255);
  } finally {
    giveBack?.();
    stdin.destroy(); // somebody still waits for the next key
  }
}

/** @throws UserError for what a user can change */
async function openOrSay(clients: ReturnType<typeof houseClients>, wish: SessionWish) {
  try {
    return await openSession(clients, wish);
  } catch (cause) {
    const text = openFailure(cause, clients.endpoint);
    throw text === undefined ? cause : new UserError(text, { cause });
  }
}

/** Clients for the house in the data directory; without one, for what the AWS variables say. */
export function houseClients(dataDir: string | undefined): Clients & { readonly endpoint: string } {
  const layout = layoutOf(dataDir);
  const choices = readChoices(layout);
  const credentials = readAccessKey(layout);
  if (choices !== undefined && credentials !== undefined) {
    const options = { endpoint: endpointOf(choices), region: choices.region, credentials };
    return { ecs: new ECSClient(options), ssm: new SSMClient(options), endpoint: options.endpoint };
  }
  const { AWS_ENDPOINT_URL: endpoint, AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secret } = process.env;
  if (!endpoint || !accessKeyId || !secret) {
    throw new UserError(
      "No house here, and AWS_ENDPOINT_URL, AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY name no other.",
    );
  }
  if (!/^https?:/.test(endpoint) || !URL.canParse(endpoint)) {
    throw new UserError(`AWS_ENDPOINT_URL is no http or https address: ${JSON.stringify(endpoint)}.`);
  }
  const sessionToken = process.env["AWS_SESSION_TOKEN"];
  const region = process.env["AWS_REGION"] ?? process.env["AWS_DEFAULT_REGION"] ?? "us-east-1";
  const keys = { accessKeyId, secretAccessKey: secret, ...(sessionToken ? { sessionToken } : {}) };
  const options = { endpoint, region, credentials: keys };
  return { ecs: new ECSClient(options), ssm: new SSMClient(options), endpoint };
}
