import type * as sdk from "@aws-sdk/client-secrets-manager";
import type { SealedTexts } from "../../credentials/sealed-text.ts";
import type { OperationContext } from "../operation-context.ts";

type NameOf<Key> = Key extends `${infer Name}Command` ? (Name extends "$" ? never : Name) : never;
type OutputOf<C> = C extends { resolveMiddleware(...args: never[]): (...args: never[]) => Promise<{ output: infer O }> }
  ? O
  : never;

/** Every operation that the SDK's Secrets Manager client has. */
type OperationName = NameOf<keyof typeof sdk>;
export type Input<N extends OperationName> = NonNullable<ConstructorParameters<(typeof sdk)[`${N}Command`]>[0]>;
type Output<N extends OperationName> = Omit<OutputOf<InstanceType<(typeof sdk)[`${N}Command`]>>, "$metadata">;

/** What operations of Secrets Manager use besides. */
export interface SecretsContext extends OperationContext {
  /** Seals and opens the values of secrets. */
  readonly sealedSecrets: SealedTexts;
}

/** One operation: input already checked against the schema, output in the SDK's shape. @throws SecretsError */
export type Operation<N extends OperationName> = (input: Input<N>, context: SecretsContext) => Promise<Output<N>>;
