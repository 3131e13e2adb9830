import type * as sdk from "@aws-sdk/client-cloudwatch-logs";
import { ApiError } from "../api-error.ts";

type NameOf<C> = C extends new (
  ...args: never[]
) => infer E
  ? E extends sdk.CloudWatchLogsServiceException
    ? E["name"]
    : never
  : never;
type Shapes = Omit<typeof sdk, "CloudWatchLogsServiceException">;
/** Just what the CloudWatch Logs client can turn back into its exception classes. */
export type LogsErrorName = { [K in keyof Shapes]: NameOf<Shapes[K]> }[keyof Shapes];

/** A failure of a CloudWatch Logs call that the caller is meant to read. */
export class LogsError extends ApiError {
  declare readonly name: LogsErrorName;
  constructor(
    name: LogsErrorName,
    message: string,
    options?: ErrorOptions & { readonly members?: Readonly<Record<string, unknown>> },
  ) {
    super(name, message, options);
  }
}
