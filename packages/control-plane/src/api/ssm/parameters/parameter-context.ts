import type { SealedTexts } from "../../../credentials/sealed-text.ts";
import type { OperationContext } from "../../operation-context.ts";
import type { Input, OperationName, Output } from "../operation.ts";

/** What operations on parameters use besides. */
export interface ParameterContext extends OperationContext {
  /** Seals and opens values. */
  readonly sealedParameters: SealedTexts;
}

/** One operation on parameters. @throws SsmError */
export type ParameterOperation<N extends OperationName> = (
  input: Input<N>,
  context: ParameterContext,
) => Promise<Output<N>>;
