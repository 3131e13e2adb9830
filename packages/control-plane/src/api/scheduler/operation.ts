import type * as sdk from "@aws-sdk/client-scheduler";
import type { OperationContext } from "../operation-context.ts";

type NameOf<Key> = Key extends `${infer Name}Command` ? (Name extends "$" ? never : Name) : never;
type OutputOf<C> = C extends { resolveMiddleware(...args: never[]): (...args: never[]) => Promise<{ output: infer O }> }
  ? O
  : never;

/** Every operation that the SDK's Scheduler client has. */
export type OperationName = NameOf<keyof typeof sdk>;
export type Input<N extends OperationName> = NonNullable<ConstructorParameters<(typeof sdk)[`${N}Command`]>[0]>;
type Output<N extends OperationName> = Omit<OutputOf<InstanceType<(typeof sdk)[`${N}Command`]>>, "$metadata">;

/** One operation: input already checked against the schema, output in the SDK's shape. @throws SchedulerError */
export type Operation<N extends OperationName> = (input: Input<N>, context: OperationContext) => Promise<Output<N>>;
