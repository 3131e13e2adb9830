import type { JsonApi } from "../channel/json-api.ts";
import type { Credentials } from "../channel/signer.ts";
import type { AskEcr } from "./registry-logins.ts";

/** Source: ECR API reference, GetAuthorizationToken. */
interface Answer {
  readonly authorizationData?: readonly { readonly authorizationToken?: string; readonly expiresAt?: number }[];
}
const target = "AmazonEC2ContainerRegistry_V20150921";

/**
 * Asks the house's ECR for logins, as a role over a connection of its own.
 * @param own the agent's own client @param apiAs a client that signs with these keys
 */
export const askEcrAs =
  (own: Pick<JsonApi, "call">, apiAs: (keys: Credentials) => Pick<JsonApi, "call" | "close">): AskEcr =>
  async (_registry, credentials, signal) => {
    const role = credentials === undefined ? undefined : apiAs(credentials);
    try {
      const answer = (await (role ?? own).call("ecr", target, "GetAuthorizationToken", {}, signal)) as Answer;
      const [data] = answer.authorizationData ?? [];
      const login = Buffer.from(data?.authorizationToken ?? "", "base64").toString();
      const [, username, password] = /^([^:]+):(.+)$/s.exec(login) ?? [];
      if (username === undefined || password === undefined) throw new Error("the answer has no login in it");
      return { username, password, expiresAt: (data?.expiresAt ?? 0) * 1000 };
    } finally {
      role?.close();
    }
  };
