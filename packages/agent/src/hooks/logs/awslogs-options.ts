import { type Expression, linearExpression } from "../../platform/linear-expression.ts";
import { ContainerFailure } from "../../runtime/container-runtime.ts";
import { datetimePattern } from "./datetime-format.ts";
import { wrongInTag } from "./log-tag.ts";

/** Where a container's output goes, and how it is cut into events. */
export interface AwslogsOptions {
  readonly group: string;
  /** Without it the stream has the container's id for its name, or what `tag` makes. */
  readonly stream?: string;
  /** As Docker writes it, `{{.Name}}/{{.ID}}`; only without `stream`. */
  readonly tag?: string;
  readonly createGroup: boolean;
  /** A line that matches starts a new event; without it each line is one. */
  readonly startOfEvent?: Expression;
}

/**
 * Options that Docker's awslogs driver knows. The agent ships the lines itself, to its control plane, so that where to and how
 * often (region, endpoint, credentials, buffers) are read and have no effect: see docs/decisions. EMF is text like any other on
 * the way; the log service finds the metrics in it. Source: Docker's documentation, awslogs.
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
  checkMode(config);
  const unknown = Object.keys(config).find((name) => !known.has(name));
  if (unknown !== undefined) throw cannotCreate(`unknown log opt '${unknown}' for awslogs log driver`);
  const group = config["awslogs-group"];
  if (!group) throw cannotCreate("must specify a value for log opt 'awslogs-group'");
  const createGroup = flag(config, "awslogs-create-group");
  flag(config, "awslogs-create-stream");
  for (const name of ["awslogs-force-flush-interval-seconds", "awslogs-max-buffered-events"]) checkCount(config, name);
  checkFormat(config);
  const startOfEvent = startOf(config);
  return {
    group,
    ...nameOfStream(config),
    createGroup,
    ...(startOfEvent === undefined ? {} : { startOfEvent }),
  };
}

/** Of every log driver. */
function checkMode({ mode, "max-buffer-size": size }: Readonly<Record<string, string>>): void {
  if (mode !== undefined && mode !== "" && mode !== "blocking" && mode !== "non-blocking") {
    throw cannotCreate(`logger: logging mode not supported: ${mode}`);
  }
  if (size === undefined) return;
  if (mode !== "non-blocking") {
    throw cannotCreate("logger: max-buffer-size option is only supported with 'mode=non-blocking'");
  }
  if (/^\d+(\.\d+)* ?[kKmMgGtTpP]?[iI]?[bB]?$/.test(size)) return;
  throw cannotCreate(`error parsing option max-buffer-size: invalid size: '${size}'`);
}

function checkCount(config: Readonly<Record<string, string>>, name: string): void {
  const text = config[name];
  if (text === undefined || text === "" || /^\+?0*[1-9]\d*$/.test(text)) return;
  throw cannotCreate(`must specify a positive integer for log opt '${name}': ${text}`);
}

function checkFormat(config: Readonly<Record<string, string>>): void {
  const format = config["awslogs-format"];
  if (!format) return;
  if (format !== "json/emf") throw cannotCreate(`unsupported log format '${format}'`);
  if (config["awslogs-datetime-format"] === undefined && config["awslogs-multiline-pattern"] === undefined) return;
  throw cannotCreate(
    "you cannot configure log opt 'awslogs-datetime-format' or 'awslogs-multiline-pattern' when log opt 'awslogs-format' is set to 'json/emf'",
  );
}

function nameOfStream(config: Readonly<Record<string, string>>): Pick<AwslogsOptions, "stream" | "tag"> {
  const { "awslogs-stream": stream, tag } = config;
  if (stream) return { stream };
  if (!tag) return {};
  const wrong = wrongInTag(tag);
  if (wrong === undefined) return { tag };
  throw new ContainerFailure(
    "CannotStartContainerError",
    `Error response from daemon: failed to initialize logging driver: template: log-tag: ${wrong}`,
  );
}

function flag(config: Readonly<Record<string, string>>, name: string): boolean {
  const text = config[name];
  if (text === undefined || text === "") return false;
  if (/^(1|t|T|TRUE|true|True)$/.test(text)) return true;
  if (/^(0|f|F|FALSE|false|False)$/.test(text)) return false;
  throw cannotCreate(
    `must specify valid value for log opt '${name}': strconv.ParseBool: parsing ${JSON.stringify(text)}: invalid syntax`,
  );
}

function startOf(config: Readonly<Record<string, string>>): Expression | undefined {
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

function compile(option: string, pattern: string): Expression {
  try {
    return linearExpression(pattern);
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
