import type * as sdk from "@aws-sdk/client-ecs";
import { ApiError } from "../api-error.ts";

type NameOf<C> = C extends new (
  ...args: never[]
) => infer E
  ? E extends sdk.ECSServiceException
    ? E["name"]
    : never
  : never;
type Shapes = Omit<typeof sdk, "ECSServiceException">;
/** Just what the ECS client can turn back into its exception classes. */
export type EcsErrorName = { [K in keyof Shapes]: NameOf<Shapes[K]> }[keyof Shapes];

/** A failure of an ECS call that the caller is meant to read. */
export class EcsError extends ApiError {
  declare readonly name: EcsErrorName;
  constructor(
    name: EcsErrorName,
    message: string,
    options?: ErrorOptions & { readonly members?: Readonly<Record<string, unknown>> },
  ) {
    super(name, message, options);
  }
}
