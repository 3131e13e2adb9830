import type * as sdk from "@aws-sdk/client-efs";
import { ApiError } from "../api-error.ts";

type NameOf<C> = C extends new (
  ...args: never[]
) => infer E
  ? E extends sdk.EFSServiceException
    ? E["name"]
    : never
  : never;
type Shapes = Omit<typeof sdk, "EFSServiceException">;
/** Just what the EFS client can turn back into its exception classes. */
export type EfsErrorName = { [K in keyof Shapes]: NameOf<Shapes[K]> }[keyof Shapes];

/** What is not in here is 400. Source: EFS API reference, each operation's errors. */
const statusOf: Readonly<Partial<Record<EfsErrorName, number>>> = {
  AccessPointAlreadyExists: 409,
  AccessPointLimitExceeded: 403,
  AccessPointNotFound: 404,
  FileSystemAlreadyExists: 409,
  FileSystemInUse: 409,
  FileSystemLimitExceeded: 403,
  FileSystemNotFound: 404,
  IncorrectFileSystemLifeCycleState: 409,
  IncorrectMountTargetState: 409,
  InternalServerError: 500,
  IpAddressInUse: 409,
  MountTargetConflict: 409,
  MountTargetNotFound: 404,
  NoFreeAddressesInSubnet: 409,
  PolicyNotFound: 404,
  ReplicationNotFound: 404,
};

/** A failure of an EFS call that the caller is meant to read. */
export class EfsError extends ApiError {
  declare readonly name: EfsErrorName;
  /** @param members further members of the error's shape, as `FileSystemId` */
  constructor(
    name: EfsErrorName,
    message: string,
    options?: ErrorOptions & { readonly members?: Readonly<Record<string, string>> },
  ) {
    super(name, message, {
      ...options,
      statusCode: statusOf[name] ?? 400,
      members: { ErrorCode: name, ...options?.members, Message: message },
    });
  }
}
