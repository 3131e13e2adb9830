import type * as sdk from "@aws-sdk/client-eventbridge";
import type { SealedTexts } from "../../credentials/sealed-text.ts";
import type { AwsEvent } from "../../events/aws-event.ts";
import type { OperationContext } from "../operation-context.ts";

type NameOf<Key> = Key extends `${infer Name}Command` ? (Name extends "$" ? never : Name) : never;
type OutputOf<C> = C extends { resolveMiddleware(...args: never[]): (...args: never[]) => Promise<{ output: infer O }> }
  ? O
  : never;

/** Every operation that the SDK's EventBridge client has. */
type OperationName = NameOf<keyof typeof sdk>;
type Input<N extends OperationName> = NonNullable<ConstructorParameters<(typeof sdk)[`${N}Command`]>[0]>;
type Output<N extends OperationName> = Omit<OutputOf<InstanceType<(typeof sdk)[`${N}Command`]>>, "$metadata">;

/** What operations of EventBridge use besides. */
export interface EventsContext extends OperationContext {
  /** Takes events in; what becomes of them is not waited for beyond their being on disk. */
  readonly bus: { put(event: AwsEvent): Promise<void> };
  /** Seals what connections authorise calls with. */
  readonly sealed: SealedTexts;
}

/** One operation: input already checked against the schema, output in the SDK's shape. @throws EventsError */
export type Operation<N extends OperationName> = (input: Input<N>, context: EventsContext) => Promise<Output<N>>;
