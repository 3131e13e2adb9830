import { CloudWatchLogsClient } from "@aws-sdk/client-cloudwatch-logs";
import { endpointOf, readAccessKey, readChoices } from "../house/house.ts";
import { layoutOf } from "../house/layout.ts";
import { tailGroup } from "../logs/tail-group.ts";
import { UserError } from "../terminal/user-error.ts";

export interface LogGroupOptions {
  readonly dataDir?: string;
  readonly follow?: boolean;
  readonly lines: string;
  readonly filter?: string;
  readonly since: string;
}

const unitMs = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 } as const;

/** `hatoba logs GROUP`: what tasks said, as it comes. @returns the exit code */
export async function logGroups(
  names: readonly string[],
  { dataDir, follow = false, lines, filter, since }: LogGroupOptions,
): Promise<number> {
  if (!/^\d+$/.test(lines)) throw new UserError(`--lines takes a number, not ${lines}`);
  const [, count, unit] = /^(\d+)([smhdw])$/.exec(since) ?? [];
  if (unit === undefined) throw new UserError(`--since takes a time as 10m, 2h or 1d, not ${since}`);
  const logs = logsClient(dataDir);
  const leaving = new AbortController();
  for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(name, () => leaving.abort());
  process.stdout.on("error", () => leaving.abort());
  const start = Date.now() - Number(count) * unitMs[unit as keyof typeof unitMs];
  await Promise.all(
    names.map((group) =>
      tailGroup(
        logs,
        { group, since: start, lines: Number(lines), follow, ...(filter === undefined ? {} : { pattern: filter }) },
        {
          signal: leaving.signal,
          show: ({ timestamp, message }) =>
            void process.stdout.write(`${new Date(timestamp).toISOString().slice(0, 19)} ${message.trimEnd()}\n`),
        },
      ),
    ),
  );
  logs.destroy();
  return 0;
}

/** For the house in the data directory; without one, for what the AWS variables say. */
export function logsClient(dataDir: string | undefined): CloudWatchLogsClient {
  const layout = layoutOf(dataDir);
  const choices = readChoices(layout);
  const credentials = readAccessKey(layout);
  const disableHostPrefix = true;
  if (choices === undefined || credentials === undefined) return new CloudWatchLogsClient({ disableHostPrefix });
  return new CloudWatchLogsClient({
    endpoint: endpointOf(choices),
    region: choices.region,
    credentials,
    disableHostPrefix,
  });
}
