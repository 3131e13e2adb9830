import type { ChannelTask, ChannelTaskDefinitionContainer, EcrAuthData, IAMRoleCredentials } from "@hatoba/contract";
import { ContainerFailure } from "../runtime/container-runtime.ts";
import { imageReference } from "../runtime/docker-image-reference.ts";
import type { RegistryAuth } from "../runtime/registry-auth.ts";
import { TaskFailure } from "./task-failure.ts";

/** Logins of the agent's configuration, by the registry's host. */
export type StaticLogins = ReadonlyMap<string, RegistryAuth>;

/** Reads a secret's text as a role. @throws Error with what the service said */
export type ReadSecret = (secretId: string, credentials: IAMRoleCredentials, signal: AbortSignal) => Promise<string>;

/** Asks ECR for a login. @param credentials of the role that asks; without them the agent does @throws Error with what ECR said */
export type AskEcr = (
  registry: EcrAuthData,
  credentials: IAMRoleCredentials | undefined,
  signal: AbortSignal,
) => Promise<{ readonly username: string; readonly password: string; readonly expiresAt: number }>;

export interface RegistryLoginsOptions {
  readonly configured: StaticLogins;
  /** Of a task's execution role, as far as they have come. */
  executionCredentials(taskArn: string): IAMRoleCredentials | undefined;
  readonly readSecret: ReadSecret;
  readonly askEcr: AskEcr;
  /** Epoch milliseconds. */
  now(): number;
}

/**
 * Finds the login for a container's image: that of its task definition, or that which ECR gives,
 * or else that of the agent's configuration.
 * Source: agent protocol §5.6.
 */
export class RegistryLogins {
  readonly #options: RegistryLoginsOptions;
  readonly #ecrLogins = new Map<string, { readonly auth: RegistryAuth; readonly expiresAt: number }>();

  constructor(options: RegistryLoginsOptions) {
    this.#options = options;
  }

  /** @throws TaskFailure if its secret cannot be read, ContainerFailure CannotPullContainerAuthError, CannotPullECRContainerError; retriable while the execution role's credentials have not come */
  async find(
    task: ChannelTask,
    { image, registryAuthentication }: ChannelTaskDefinitionContainer,
    signal: AbortSignal,
  ): Promise<RegistryAuth | undefined> {
    const { configured, readSecret } = this.#options;
    const { registry } = imageReference(image);
    if (registryAuthentication === undefined) return configured.get(registry);
    if (registryAuthentication.type === "ecr") {
      const { ecrAuthData } = registryAuthentication;
      return { ...(await this.#ofEcr(ecrAuthData, task.arn, signal)), serveraddress: registry };
    }
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
      const tries = "service call has been retried 1 time(s)";
      throw ofSecret(`${tries}: failed to fetch secret ${credentialsParameter} from secrets manager: ${why}`, error);
    }
    return { ...parseSecret(text, credentialsParameter), serveraddress: registry };
  }

  /** A login is used again until it nears its end: then for half an hour it is still good for what has begun. */
  async #ofEcr(data: EcrAuthData, taskArn: string, signal: AbortSignal): Promise<RegistryAuth> {
    const { askEcr } = this.#options;
    const credentials = data.useExecutionRole ? this.#options.executionCredentials(taskArn) : undefined;
    if (data.useExecutionRole && credentials === undefined) {
      throw ofEcr("unable to find the execution role credentials for the image", true);
    }
    const key = JSON.stringify([credentials?.credentialsId, data.registryId, data.endpointOverride]);
    const known = this.#ecrLogins.get(key);
    if (known !== undefined && known.expiresAt > this.#options.now() + 30 * 60_000) return known.auth;
    try {
      const { username, password, expiresAt } = await askEcr(data, credentials, signal);
      if (this.#ecrLogins.size >= mostEcrLogins) this.#ecrLogins.clear();
      this.#ecrLogins.set(key, { auth: { username, password }, expiresAt });
      return { username, password };
    } catch (error) {
      signal.throwIfAborted();
      const why = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
      throw ofEcr(`unable to get a login for the registry: ${why}`, false, error);
    }
  }
}

const mostEcrLogins = 500;

const ofEcr = (message: string, retriable: boolean, cause?: unknown) =>
  new ContainerFailure("CannotPullECRContainerError", message, { retriable, cause });

/** Nothing of the text goes into the message: it is a secret, whatever it is. */
function parseSecret(text: string, secretId: string): Pick<RegistryAuth, "username" | "password"> {
  try {
    const { username, password } = JSON.parse(text) as Readonly<Record<string, unknown>>;
    if (typeof username === "string" && typeof password === "string") return { username, password };
  } catch {
    // Said below, in the same words.
  }
  throw ofSecret(`secret ${secretId} is not a JSON object with username and password`);
}

/** Source of the text: ECS developer guide, "ResourceInitializationError errors". */
const ofSecret = (message: string, cause?: unknown) =>
  new TaskFailure(
    `ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve secret from asm: ${message}`,
    { cause },
  );

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
