import type { ChannelTask, ChannelTaskDefinitionContainer, IAMRoleCredentials } from "@hatoba/contract";
import { ContainerFailure } from "../runtime/container-runtime.ts";
import { imageReference } from "../runtime/docker-image-reference.ts";
import type { RegistryAuth } from "../runtime/registry-auth.ts";

/** Logins of the agent's configuration, by the registry's host. */
export type StaticLogins = ReadonlyMap<string, RegistryAuth>;

/** Reads a secret's text as a role. @throws Error with what the service said */
export type ReadSecret = (secretId: string, credentials: IAMRoleCredentials, signal: AbortSignal) => Promise<string>;

export interface RegistryLoginsOptions {
  readonly configured: StaticLogins;
  /** Of a task's execution role, as far as they have come. */
  executionCredentials(taskArn: string): IAMRoleCredentials | undefined;
  readonly readSecret: ReadSecret;
}

/**
 * Finds the login for a container's image: that of its task definition, or else that of the agent's configuration.
 * Source: agent protocol §5.6.
 */
export class RegistryLogins {
  readonly #options: RegistryLoginsOptions;

  constructor(options: RegistryLoginsOptions) {
    this.#options = options;
  }

  /** @throws ContainerFailure CannotPullContainerAuthError; retriable while the execution role's credentials have not come */
  async find(
    task: ChannelTask,
    { image, registryAuthentication }: ChannelTaskDefinitionContainer,
    signal: AbortSignal,
  ): Promise<RegistryAuth | undefined> {
    const { configured, readSecret } = this.#options;
    const { registry } = imageReference(image);
    if (registryAuthentication === undefined) return configured.get(registry);
    const { credentialsParameter } = registryAuthentication.asmAuthData;
    const credentials = this.#options.executionCredentials(task.arn);
    if (credentials === undefined) {
      throw refused(`unable to find execution role credentials for the secret ${credentialsParameter}`, true);
    }
    let text: string;
    try {
      text = await readSecret(credentialsParameter, credentials, signal);
    } catch (error) {
      signal.throwIfAborted();
      const why = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
      throw refused(`secret ${credentialsParameter} could not be read: ${why}`, false, error);
    }
    return { ...parseSecret(text, credentialsParameter), serveraddress: registry };
  }
}

/** Nothing of the text goes into the message: it is a secret, whatever it is. */
function parseSecret(text: string, secretId: string): Pick<RegistryAuth, "username" | "password"> {
  try {
    const { username, password } = JSON.parse(text) as Readonly<Record<string, unknown>>;
    if (typeof username === "string" && typeof password === "string") return { username, password };
  } catch {
    // Said below, in the same words.
  }
  throw refused(`secret ${secretId} is not a JSON object with username and password`, false);
}

const refused = (message: string, retriable: boolean, cause?: unknown) =>
  new ContainerFailure("CannotPullContainerAuthError", message, { retriable, cause });

/**
 * Reads ECS_ENGINE_AUTH_DATA: registries with a user and a password, or with both in one as in Docker's own file.
 * @param type ECS_ENGINE_AUTH_TYPE
 * @throws Error that says what is wrong and repeats nothing of the data
 */
export function parseStaticLogins(type: "dockercfg" | "docker", data: string): StaticLogins {
  let parsed: unknown;
  try {
    parsed = JSON.parse(data);
  } catch {
    throw new Error("it is not JSON");
  }
  const { auths = parsed } = isRecord(parsed) ? parsed : {};
  if (!isRecord(auths)) throw new Error("it is not a JSON object of registries");
  return new Map(Object.entries(auths).map(([address, login]) => [hostOf(address), loginOf(type, address, login)]));
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function loginOf(type: "dockercfg" | "docker", address: string, login: unknown): RegistryAuth {
  const members = type === "docker" ? ["username", "password"] : ["auth"];
  if (!isRecord(login) || !members.every((name) => typeof login[name] === "string")) {
    throw new Error(`the entry of ${hostOf(address)} lacks ${members.join(" or ")}`);
  }
  const texts = ["auth", "username", "password", "email", "identitytoken"].flatMap((name) => {
    const value = login[name];
    return typeof value === "string" ? [[name, value] as const] : [];
  });
  return { ...Object.fromEntries(texts), serveraddress: address };
}

/** Docker Hub goes by several names. */
function hostOf(address: string): string {
  const host = address.replace(/^https?:\/\//, "").replace(/\/.*$/, "");
  return ["index.docker.io", "registry-1.docker.io", "registry.hub.docker.com"].includes(host) ? "docker.io" : host;
}
