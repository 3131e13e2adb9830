import { readFileSync, statSync } from "node:fs";
import { setDefaultCACertificates } from "node:tls";
import { ConfigError } from "./config.ts";

type Variables = Readonly<Record<string, string | undefined>>;

/**
 * The agent's variables with the access key of this machine, if HATOBA_KEY_FILE names a file with one: as `hatoba agent
 * join` writes it, JSON with `accessKeyId` and `secretAccessKey`.
 * @throws ConfigError for a file that others can read, or that holds no key
 */
export function withKeyFile(variables: Variables): Variables {
  const path = variables["HATOBA_KEY_FILE"]?.trim();
  if (!path) return variables;
  const { accessKeyId, secretAccessKey } = readKey(path);
  return {
    ...variables,
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    AWS_SESSION_TOKEN: undefined,
  };
}

function readKey(path: string): { readonly accessKeyId: string; readonly secretAccessKey: string } {
  let content: unknown;
  try {
    // Windows has no such mode; there the directory is its owner's alone.
    if (process.platform !== "win32" && (statSync(path).mode & 0o077) !== 0) {
      throw new ConfigError(`${path} can be read by others. Make it its owner's alone: chmod 600 ${path}`);
    }
    content = JSON.parse(readFileSync(path, "utf8"));
  } catch (error) {
    if (error instanceof ConfigError) throw error;
    throw new ConfigError(`HATOBA_KEY_FILE: ${path} cannot be read as JSON`, { cause: error });
  }
  const { accessKeyId, secretAccessKey } = (content ?? {}) as Readonly<Record<string, unknown>>;
  if (typeof accessKeyId !== "string" || typeof secretAccessKey !== "string") {
    throw new ConfigError(`HATOBA_KEY_FILE: ${path} holds no access key`);
  }
  return { accessKeyId, secretAccessKey };
}

/**
 * From now on this process trusts the authorities in SSL_CERT_FILE and no other, as the genuine agent does; without the
 * variable those of the system. The control plane is the only one that an agent speaks TLS with by default.
 * @throws ConfigError for a file that holds no certificates
 */
export function trustCertFile(variables: Variables): void {
  const path = variables["SSL_CERT_FILE"]?.trim();
  if (!path) return;
  try {
    const certificates = readFileSync(path, "utf8").match(/-----BEGIN CERTIFICATE-----[^]+?-----END CERTIFICATE-----/g);
    if (certificates === null) throw new Error("it holds no certificate");
    setDefaultCACertificates(certificates);
  } catch (error) {
    throw new ConfigError(`SSL_CERT_FILE: ${path} cannot be used, ${error instanceof Error ? error.message : ""}`, {
      cause: error,
    });
  }
}
