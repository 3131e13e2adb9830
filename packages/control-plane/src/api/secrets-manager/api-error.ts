import type * as sdk from "@aws-sdk/client-secrets-manager";
import { ApiError } from "../api-error.ts";

type NameOf<C> = C extends new (
  ...args: never[]
) => infer E
  ? E extends sdk.SecretsManagerServiceException
    ? E["name"]
    : never
  : never;
type Shapes = Omit<typeof sdk, "SecretsManagerServiceException">;
/** Just what the Secrets Manager client can turn back into its exception classes. */
export type SecretsErrorName =
  | { [K in keyof Shapes]: NameOf<Shapes[K]> }[keyof Shapes]
  | "ValidationException"
  | "AccessDeniedException";

/** A failure of a Secrets Manager call that the caller is meant to read. */
export class SecretsError extends ApiError {
  declare readonly name: SecretsErrorName;
  constructor(name: SecretsErrorName, message: string, options?: ErrorOptions) {
    super(name, message, options);
  }
}
