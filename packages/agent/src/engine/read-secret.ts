import type { JsonApi } from "../channel/json-api.ts";
import type { Credentials } from "../channel/signer.ts";
import type { ReadSecret } from "./registry-logins.ts";

/**
 * Reads secrets from Secrets Manager, each with the keys of the role that may read it and over a connection of its own.
 * @param apiAs a client that signs with these keys
 */
export const readSecretAs =
  (apiAs: (keys: Credentials) => Pick<JsonApi, "call" | "close">): ReadSecret =>
  async (secretId, credentials, signal) => {
    const api = apiAs(credentials);
    try {
      const input = { SecretId: secretId };
      const answer = await api.call("secretsmanager", "secretsmanager", "GetSecretValue", input, signal);
      const { SecretString: text } = answer as { readonly SecretString?: unknown };
      if (typeof text !== "string") throw new Error("the secret has no text");
      return text;
    } finally {
      api.close();
    }
  };
