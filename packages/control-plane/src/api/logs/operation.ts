import type * as sdk from "@aws-sdk/client-cloudwatch-logs";
import type { QueryRunner } from "../../log-queries/query-runner.ts";
import type { LogStore } from "../../log-store/log-store.ts";
import type { OperationContext } from "../operation-context.ts";
import type { AppendedFeed } from "./appended-feed.ts";
import type { FollowPolls } from "./follow-polls.ts";
import type { TailPasses } from "./tail-passes.ts";

type NameOf<Key> = Key extends `${infer Name}Command` ? (Name extends "$" ? never : Name) : never;
type OutputOf<C> = C extends { resolveMiddleware(...args: never[]): (...args: never[]) => Promise<{ output: infer O }> }
  ? O
  : never;

/** Every operation that the SDK's CloudWatch Logs client has. */
export type OperationName = NameOf<keyof typeof sdk>;
export type Input<N extends OperationName> = NonNullable<ConstructorParameters<(typeof sdk)[`${N}Command`]>[0]>;
export type Output<N extends OperationName> = Omit<OutputOf<InstanceType<(typeof sdk)[`${N}Command`]>>, "$metadata">;

export interface LogsContext extends OperationContext {
  readonly logStore: LogStore;
  readonly queries: QueryRunner;
  readonly feed: AppendedFeed;
  readonly polls: FollowPolls;
  readonly tailPasses: TailPasses;
}
/** One operation: input already checked against the schema, output in the SDK's shape. @throws LogsError */
export type Operation<N extends OperationName> = (input: Input<N>, context: LogsContext) => Promise<Output<N>>;

/** An operation that is not built: what the caller is told. */
export interface NotBuilt {
  readonly notBuilt: string;
}
export type OperationTable = { readonly [N in OperationName]: Operation<N> | NotBuilt };
