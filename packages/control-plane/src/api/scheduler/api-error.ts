import type * as sdk from "@aws-sdk/client-scheduler";
import { ApiError } from "../api-error.ts";

type NameOf<C> = C extends new (
  ...args: never[]
) => infer E
  ? E extends sdk.SchedulerServiceException
    ? E["name"]
    : never
  : never;
type Shapes = Omit<typeof sdk, "SchedulerServiceException">;
/** Just what the Scheduler client can turn back into its exception classes. */
export type SchedulerErrorName = { [K in keyof Shapes]: NameOf<Shapes[K]> }[keyof Shapes];

/** Source: EventBridge Scheduler API reference, each operation's errors. */
const statusOf: Readonly<Partial<Record<SchedulerErrorName, number>>> = {
  ConflictException: 409,
  InternalServerException: 500,
  ResourceNotFoundException: 404,
  ServiceQuotaExceededException: 402,
  ThrottlingException: 429,
};

/** A failure of a Scheduler call that the caller is meant to read. */
export class SchedulerError extends ApiError {
  declare readonly name: SchedulerErrorName;
  constructor(name: SchedulerErrorName, message: string, options?: ErrorOptions) {
    super(name, message, { ...options, statusCode: statusOf[name] ?? 400, members: { Message: message } });
  }
}

export const invalid = (message: string, options?: ErrorOptions): SchedulerError =>
  new SchedulerError("ValidationException", message, options);
