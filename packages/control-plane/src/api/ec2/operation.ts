import type { OperationContext } from "../operation-context.ts";

/** One operation of EC2: input already checked against the schema, output in the SDK's shape. @throws ApiError */
export type Ec2Operation<I, O> = (input: I, context: OperationContext) => Promise<O>;
