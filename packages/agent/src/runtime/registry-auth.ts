/** How to log in to a registry. Never to be logged. */
export interface RegistryAuth {
  readonly username?: string;
  readonly password?: string;
  /** User and password in one, base64, as Docker's own configuration file has it. */
  readonly auth?: string;
  readonly email?: string;
  readonly identitytoken?: string;
  readonly serveraddress?: string;
}

/** The header with which the engine takes it. Source: Docker Engine API, "Authentication". */
export const authHeader = (auth: RegistryAuth | undefined): Readonly<Record<string, string>> =>
  auth === undefined ? {} : { "X-Registry-Auth": encodedAuth(auth) };

function encodedAuth({ auth, ...given }: RegistryAuth): string {
  // The engine itself reads no combined form.
  const [, username, password] = /^([^:]*):(.*)$/s.exec(Buffer.from(auth ?? "", "base64").toString()) ?? [];
  const both = username === undefined || password === undefined ? {} : { username, password };
  // The alphabet is that of URLs and the padding stays: without it engines take no login at all, and say nothing.
  const encoded = Buffer.from(JSON.stringify({ ...both, ...given })).toString("base64");
  return encoded.replaceAll("+", "-").replaceAll("/", "_");
}
