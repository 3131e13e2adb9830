import { isIP } from "node:net";
import { hostPlatform, pipePath } from "../platform/host-platform.ts";

/** Where an engine listens, ready for node:http. */
export interface EngineAddress {
  /** As DOCKER_HOST spells it. */
  readonly url: string;
  readonly connect: { readonly socketPath: string } | { readonly host: string; readonly port: number };
  /** Set for TLS; `certificates` is the folder with ca.pem, cert.pem and key.pem. */
  readonly tls?: { readonly certificates: string | undefined };
  /** Whether the engine's networks are networks of this machine. */
  readonly local: boolean;
}

/**
 * Reads DOCKER_HOST (`unix://PATH`, `npipe://PATH`, `tcp://HOST:PORT`), DOCKER_TLS_VERIFY and DOCKER_CERT_PATH.
 * @throws Error for a form that is not understood, with what is.
 */
export function engineAddress(dockerHost?: string, environment: NodeJS.ProcessEnv = process.env): EngineAddress {
  const url = dockerHost || hostPlatform().engineAddress;
  const socket = /^(?:unix|npipe):\/\/(.+)$/.exec(url)?.[1];
  if (socket !== undefined) return { url, connect: { socketPath: pipePath(socket) }, local: true };
  if (url.startsWith("/")) return { url: `unix://${url}`, connect: { socketPath: url }, local: true };
  const [, scheme, host, port] = /^(tcp|https?):\/\/(\[[^\]]+\]|[^:/]+)(?::(\d+))?\/?$/.exec(url) ?? [];
  if (host === undefined) {
    throw new Error(
      `DOCKER_HOST is ${JSON.stringify(url)}; understood are unix://PATH, npipe://PATH and tcp://HOST:PORT`,
    );
  }
  const name = host.replace(/^\[|\]$/g, "");
  const secure = scheme === "https" || port === "2376" || (environment.DOCKER_TLS_VERIFY ?? "") !== "";
  return {
    url,
    connect: { host: name, port: Number(port ?? (secure ? 2376 : 2375)) },
    ...(secure ? { tls: { certificates: environment.DOCKER_CERT_PATH } } : {}),
    local: name === "localhost" || name === "::1" || (isIP(name) === 4 && name.startsWith("127.")),
  };
}
