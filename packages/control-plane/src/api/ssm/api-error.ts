import type * as sdk from "@aws-sdk/client-ssm";
import { ApiError } from "../api-error.ts";

type NameOf<C> = C extends new (
  ...args: never[]
) => infer E
  ? E extends sdk.SSMServiceException
    ? E["name"]
    : never
  : never;
type Shapes = Omit<typeof sdk, "SSMServiceException">;
/** Just what the Systems Manager client can turn back into its exception classes, and the one of every service. */
export type SsmErrorName = { [K in keyof Shapes]: NameOf<Shapes[K]> }[keyof Shapes] | "ValidationException";

/** A failure of a Systems Manager call that the caller is meant to read. */
export class SsmError extends ApiError {
  declare readonly name: SsmErrorName;
  constructor(name: SsmErrorName, message: string, options?: ErrorOptions) {
    super(name, message, options);
  }
}
