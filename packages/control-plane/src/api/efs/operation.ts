import type * as sdk from "@aws-sdk/client-efs";
import type { FileSystemDirectories } from "../../file-systems/file-system-directories.ts";
import type { OperationContext } from "../operation-context.ts";

type NameOf<Key> = Key extends `${infer Name}Command` ? (Name extends "$" ? never : Name) : never;
type OutputOf<C> = C extends { resolveMiddleware(...args: never[]): (...args: never[]) => Promise<{ output: infer O }> }
  ? O
  : never;

/** Every operation that the SDK's EFS client has. */
type OperationName = NameOf<keyof typeof sdk>;
type Input<N extends OperationName> = NonNullable<ConstructorParameters<(typeof sdk)[`${N}Command`]>[0]>;
type Output<N extends OperationName> = Omit<OutputOf<InstanceType<(typeof sdk)[`${N}Command`]>>, "$metadata">;

/** What operations of EFS use besides. */
export interface EfsContext extends OperationContext {
  /** Where the files lie. */
  readonly directories: FileSystemDirectories;
}

/** One operation: input already checked against the schema, output in the SDK's shape. @throws EfsError */
export type Operation<N extends OperationName> = (input: Input<N>, context: EfsContext) => Promise<Output<N>>;
