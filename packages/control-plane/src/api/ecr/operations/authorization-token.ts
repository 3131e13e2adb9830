import { registryEndpoint } from "../find.ts";
import type { Operation } from "../operation.ts";

/**
 * A login to the registry with what the caller may do, for twelve hours. `proxyEndpoint` is the address that the caller reached the
 * house by. Source: ECR API reference, GetAuthorizationToken.
 */
export const getAuthorizationToken: Operation<"GetAuthorizationToken"> = async (input, context) => {
  const { token, expiresAt } = context.tokens.issue(context.caller);
  const one = {
    authorizationToken: Buffer.from(`AWS:${token}`).toString("base64"),
    expiresAt,
    proxyEndpoint: registryEndpoint(context),
  };
  return { authorizationData: [one, ...(input.registryIds ?? []).slice(1).map(() => one)] };
};
