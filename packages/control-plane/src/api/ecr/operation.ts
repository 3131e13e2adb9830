import type * as sdk from "@aws-sdk/client-ecr";
import type { ImageRegistry } from "../../registry/image-registry.ts";
import type { OperationContext } from "../operation-context.ts";
import type { RegistryTokens } from "../registry/registry-tokens.ts";

type NameOf<Key> = Key extends `${infer Name}Command` ? (Name extends "$" ? never : Name) : never;
type OutputOf<C> = C extends { resolveMiddleware(...args: never[]): (...args: never[]) => Promise<{ output: infer O }> }
  ? O
  : never;

/** Every operation that the SDK's ECR client has. */
type OperationName = NameOf<keyof typeof sdk>;
type Input<N extends OperationName> = NonNullable<ConstructorParameters<(typeof sdk)[`${N}Command`]>[0]>;
type Output<N extends OperationName> = Omit<OutputOf<InstanceType<(typeof sdk)[`${N}Command`]>>, "$metadata">;

/** What operations of ECR use besides. */
export interface EcrContext extends OperationContext {
  readonly registry: ImageRegistry;
  readonly tokens: RegistryTokens;
}

/** One operation: input already checked against the schema, output in the SDK's shape. @throws EcrError */
export type Operation<N extends OperationName> = (input: Input<N>, context: EcrContext) => Promise<Output<N>>;
