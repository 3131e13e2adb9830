import { ContainerFailure } from "../../runtime/container-runtime.ts";
import { datetimePattern } from "./datetime-format.ts";

/** Where a container's output goes, and how it is cut into events. */
export interface AwslogsOptions {
  readonly group: string;
  /** Without it the stream has the container's id for its name. */
  readonly stream?: string;
  readonly createGroup: boolean;
  /** A line that matches starts a new event; without it each line is one. */
  readonly startOfEvent?: RegExp;
}

/**
 * Options that Docker's awslogs driver knows. The agent ships the lines itself, to its control plane, so that where to and how
 * often (endpoint, credentials, buffers, blocking or not) are accepted and have no effect. Source: Docker's documentation, awslogs.
 */
const known = new Set([
  "awslogs-group",
  "awslogs-stream",
  "awslogs-region",
  "awslogs-create-group",
  "awslogs-create-stream",
  "awslogs-multiline-pattern",
  "awslogs-datetime-format",
  "awslogs-endpoint",
  "awslogs-credentials-endpoint",
  "awslogs-force-flush-interval-seconds",
  "awslogs-max-buffered-events",
  "awslogs-format",
  "tag",
  "mode",
  "max-buffer-size",
]);

/**
 * Reads the `Config` of a LogConfig of type awslogs.
 * @throws ContainerFailure in Docker's words for what Docker refuses too.
 */
export function awslogsOptions(config: Readonly<Record<string, string>>): AwslogsOptions {
  const unknown = Object.keys(config).find((name) => !known.has(name));
  if (unknown !== undefined) throw cannotCreate(`unknown log opt '${unknown}' for awslogs log driver`);
  const group = config["awslogs-group"];
  if (!group) throw cannotCreate("must specify a value for log opt 'awslogs-group'");
  const stream = config["awslogs-stream"];
  const startOfEvent = startOf(config);
  return {
    group,
    ...(stream ? { stream } : {}),
    createGroup: flag(config, "awslogs-create-group"),
    ...(startOfEvent === undefined ? {} : { startOfEvent }),
  };
}

function flag(config: Readonly<Record<string, string>>, name: string): boolean {
  const text = config[name];
  if (text === undefined) return false;
  if (/^(1|t|T|TRUE|true|True)$/.test(text)) return true;
  if (/^(0|f|F|FALSE|false|False)$/.test(text)) return false;
  throw cannotCreate(
    `must specify valid value for log opt '${name}': strconv.ParseBool: parsing ${JSON.stringify(text)}: invalid syntax`,
  );
}

function startOf(config: Readonly<Record<string, string>>): RegExp | undefined {
  const format = config["awslogs-datetime-format"];
  const pattern = config["awslogs-multiline-pattern"];
  if (format !== undefined && pattern !== undefined) {
    throw cannotCreate(
      "you cannot configure log opt 'awslogs-datetime-format' and 'awslogs-multiline-pattern' at the same time",
    );
  }
  if (format !== undefined) return compile("awslogs-datetime-format", datetimePattern(format));
  return pattern === undefined ? undefined : compile("awslogs-multiline-pattern", pattern);
}

/** Patterns are Go's; its flags at the front are the one common form that JavaScript spells differently. */
function compile(option: string, pattern: string): RegExp {
  const [, flags = "", rest = ""] = /^(?:\(\?([ims]+)\))?(.*)$/s.exec(pattern) ?? [];
  try {
    return new RegExp(rest, flags);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new ContainerFailure(
      "CannotStartContainerError",
      `Error response from daemon: failed to initialize logging driver: awslogs could not parse ${option} ${JSON.stringify(pattern)}: ${why}`,
    );
  }
}

function cannotCreate(text: string): ContainerFailure {
  return new ContainerFailure("CannotCreateContainerError", `Error response from daemon: ${text}`);
}
