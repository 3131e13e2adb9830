import type * as sdk from "@aws-sdk/client-cloudwatch";
import type { MetricsStore } from "../../metrics/metrics-store.ts";
import type { UtilizationMetrics } from "../../metrics/utilization-metrics.ts";
import type { OperationContext } from "../operation-context.ts";

type NameOf<Key> = Key extends `${infer Name}Command` ? (Name extends "$" ? never : Name) : never;
type OutputOf<C> = C extends { resolveMiddleware(...args: never[]): (...args: never[]) => Promise<{ output: infer O }> }
  ? O
  : never;

/** Every operation that the SDK's CloudWatch client has. */
type OperationName = NameOf<keyof typeof sdk>;
type Input<N extends OperationName> = NonNullable<ConstructorParameters<(typeof sdk)[`${N}Command`]>[0]>;
type Output<N extends OperationName> = Omit<OutputOf<InstanceType<(typeof sdk)[`${N}Command`]>>, "$metadata">;

/** What operations of CloudWatch use besides. */
export interface CloudWatchContext extends OperationContext {
  /** Metrics that callers and metric filters put. */
  readonly metrics: Pick<MetricsStore, "record" | "query" | "metrics">;
  /** What `AWS/ECS` is answered from. */
  readonly utilization: Pick<UtilizationMetrics, "query" | "measured">;
}

/** One operation: input already checked against the schema, output in the SDK's shape. @throws CloudWatchError */
export type Operation<N extends OperationName> = (input: Input<N>, context: CloudWatchContext) => Promise<Output<N>>;
