import { ControlPlaneError } from "../../channel/control-plane.ts";
import type { Logger } from "../../platform/logger.ts";
import {
  type LogDelivery,
  type LogEvent,
  type LogSink,
  LogSinkError,
  type LogTarget,
  type SinkTrouble,
} from "./log-sink.ts";

/**
 * Calls one operation of CloudWatch Logs (`PutLogEvents`, …), signed, and gives its output.
 * Rejects with ControlPlaneError: the error code as `name`, `statusCode` 0 if there was no answer.
 */
export type LogsCall = (operation: string, input: Readonly<Record<string, unknown>>) => Promise<unknown>;

/** CloudWatch Logs, as the control plane answers for it. */
export class CloudWatchLogSink implements LogSink {
  readonly #call: LogsCall;
  readonly #logger: Logger;

  constructor({ call, logger }: { readonly call: LogsCall; readonly logger: Logger }) {
    this.#call = call;
    this.#logger = logger;
  }

  async prepare(target: LogTarget): Promise<void> {
    const stream = { logGroupName: target.group, logStreamName: target.stream };
    try {
      await this.#make("CreateLogStream", stream);
    } catch (error) {
      if (!(error instanceof LogSinkError) || error.trouble !== "missing" || !target.createGroup) throw error;
      await this.#make("CreateLogGroup", { logGroupName: target.group });
      await this.#make("CreateLogStream", stream);
    }
  }

  async hasGroup(group: string): Promise<boolean> {
    interface Answer {
      readonly logGroups?: readonly { readonly logGroupName: string }[];
    }
    // The groups come in the order of their names, so the one of just this name is the first.
    const input = { logGroupNamePrefix: group, limit: 1 };
    const { logGroups = [] } = await this.#ask<Answer>("DescribeLogGroups", input);
    return logGroups.some(({ logGroupName }) => logGroupName === group);
  }

  async put({ group, stream }: LogTarget, events: readonly LogEvent[], delivery: LogDelivery): Promise<void> {
    interface Answer {
      readonly rejectedLogEventsInfo?: Readonly<Record<string, number>>;
    }
    // A member that CloudWatch Logs does not look at any more; our control plane knows by it what it has already.
    const sequenceToken = `hatoba/${delivery.source}/${delivery.number}`;
    const input = { logGroupName: group, logStreamName: stream, logEvents: events, sequenceToken };
    const { rejectedLogEventsInfo: rejected } = await this.#ask<Answer>("PutLogEvents", input);
    if (rejected !== undefined) {
      this.#logger.warn(
        { logGroup: group, logStream: stream, rejected },
        "log events are too old or too new and were refused",
      );
    }
  }

  async #make(operation: string, input: Readonly<Record<string, unknown>>): Promise<void> {
    try {
      await this.#call(operation, input);
    } catch (error) {
      if (!(error instanceof ControlPlaneError) || error.name !== "ResourceAlreadyExistsException")
        throw sinkError(error);
    }
  }

  async #ask<T>(operation: string, input: Readonly<Record<string, unknown>>): Promise<T> {
    try {
      return ((await this.#call(operation, input)) ?? {}) as T;
    } catch (error) {
      throw sinkError(error);
    }
  }
}

/** What an error code means for what was asked. Others are a service that is not well, and may be tomorrow. */
const troubles: Readonly<Record<string, SinkTrouble>> = {
  ResourceNotFoundException: "missing",
  AccessDeniedException: "denied",
  InvalidParameterException: "refused",
  ValidationException: "refused",
  SerializationException: "refused",
};

function sinkError(error: unknown): unknown {
  if (!(error instanceof ControlPlaneError)) return error;
  // What stands before the service may answer with a code of its own: such an answer says nothing about the events.
  const isUnheard = error.statusCode === 0 || error.statusCode >= 500;
  const trouble = isUnheard ? "unavailable" : (troubles[error.name] ?? "unavailable");
  return new LogSinkError(trouble, error.name, error.message, { cause: error });
}
