import type * as sdk from "@aws-sdk/client-cloudwatch";
import { ApiError } from "../api-error.ts";

type NameOf<C> = C extends new (
  ...args: never[]
) => infer E
  ? E extends sdk.CloudWatchServiceException
    ? E["name"]
    : never
  : never;
type Shapes = Omit<typeof sdk, "CloudWatchServiceException">;
/** Just what the CloudWatch client can turn back into its exception classes, and the one of every service. */
export type CloudWatchErrorName = { [K in keyof Shapes]: NameOf<Shapes[K]> }[keyof Shapes] | "ValidationException";

/** A failure of a CloudWatch call that the caller is meant to read. */
export class CloudWatchError extends ApiError {
  declare readonly name: CloudWatchErrorName;
  constructor(name: CloudWatchErrorName, message: string, options?: ErrorOptions) {
    super(name, message, options);
  }
}

export const invalidValue = (message: string, options?: ErrorOptions): CloudWatchError =>
  new CloudWatchError("InvalidParameterValueException", message, options);

export const invalidCombination = (message: string): CloudWatchError =>
  new CloudWatchError("InvalidParameterCombinationException", message);
