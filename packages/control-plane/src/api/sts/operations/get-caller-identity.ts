import type { GetCallerIdentityRequest, GetCallerIdentityResponse } from "@aws-sdk/client-sts";
import type { OperationContext } from "../../operation-context.ts";

/** Says who signed the request. Source: STS API reference, GetCallerIdentity. */
export async function getCallerIdentity(
  _input: GetCallerIdentityRequest,
  { caller }: OperationContext,
): Promise<GetCallerIdentityResponse> {
  return { UserId: caller.userId, Account: caller.accountId, Arn: caller.arn };
}
