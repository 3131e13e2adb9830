import type { Limits } from "../wire/limits.ts";
import type { Problem } from "../wire/problem.ts";
import type { ProtocolName } from "../wire/protocol.ts";

/**
 * One AWS service that the house answers for. Each service has one, in its own folder's `service.ts`; whatever its
 * operations need beyond OperationContext is in `extras`.
 */
export interface ServiceDefinition {
  /** As the SDK calls it: `ECS`, `CloudWatch Logs`. */
  readonly sdkId: string;
  /** As the scope of a signature calls it: `ecs`, `logs`. */
  readonly signingName: string;
  /** As policies call it, `cloudwatch`, where that is not `signingName`. */
  readonly actionPrefix?: string;
  readonly protocol: ProtocolName;
  /** The part of X-Amz-Target before the dot. JSON protocols only. */
  readonly target?: string;
  /** The member `Version` of every request. Query protocols only. */
  readonly version?: string;
  /** How the paths of its requests begin, as `/schedules`, for requests that are not signed. REST protocols only. */
  readonly paths?: readonly string[];
  /** The namespace of its XML answers. Query protocols only. */
  readonly xmlNamespace?: string;
  /** The largest request body it takes, in bytes; 1 MiB if absent. */
  readonly maxBodyBytes?: number;
  /** Members added to the context of each of its operations, as a log store. */
  readonly extras?: Readonly<Record<string, unknown>>;
  /**
   * By operation: members that some callers send and the SDK's schema does not have. They are handed on if they are texts.
   * JSON protocols only.
   */
  readonly extraMembers?: Readonly<Partial<Record<string, readonly string[]>>>;
  /** By error name: what the error was called when the service spoke the query protocol, if it once did and has clients of that time. */
  readonly queryCodes?: Readonly<Record<string, string>>;
  /** How it words what it refuses. */
  readonly wording: Wording;
  /** Load it when the server starts, and not only with its first request. */
  readonly eager?: boolean;
  /** Called once, at the first request or before; brings in the SDK client, which costs time and memory. */
  load(): Promise<LoadedService>;
}

export interface LoadedService {
  /** The SDK client's module: its exports `RunTask$` and the like are the run-time schemas. */
  readonly sdk: Readonly<Record<string, unknown>>;
  /** By operation name; what is not in it is not built either. */
  readonly operations: OperationsByName;
  readonly limits: Limits;
}

// Each table is typed from its SDK where it is written down; here it is called with an input checked at run time.
export type AnyOperation = (input: never, context: never) => Promise<object>;
export type OperationsByName = Readonly<Record<string, AnyOperation | { readonly notBuilt: string } | undefined>>;

/** The names and texts that differ between services. */
export interface Wording {
  /** The error for an input that breaks its schema. Never called with an empty list. */
  badInput(
    problems: readonly [Problem, ...Problem[]],
    operation: string,
  ): { readonly name: string; readonly message: string };
  /** The error for an operation that Hatoba does not have. */
  readonly notBuilt: string;
  /** The error for a failure of ours, as `ServerException`. */
  readonly internal: string;
}
