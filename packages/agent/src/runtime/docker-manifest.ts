import { type DockerEngine, EngineError, EngineTimeout } from "./docker-engine.ts";
import { authHeader, type RegistryAuth } from "./registry-auth.ts";

/** Manifests of the oldest kinds have no digest to pull by. Source: agent protocol §5.6; OCI distribution, history. */
const withoutDigest = /^application\/vnd\.docker\.distribution\.manifest\.v1\+(json|prettyjws)$/;

interface DistributionAnswer {
  readonly Descriptor?: { readonly mediaType?: string; readonly digest?: string };
}

/** What to ask for and how. */
export interface ManifestQuestion {
  /** With its tag. */
  readonly name: string;
  readonly auth: RegistryAuth | undefined;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/**
 * Asks the registry, through the engine, which digest a tag stands for.
 * @returns undefined if the engine cannot ask, or the registry does not say: the image has to be pulled by its tag
 * @throws EngineError, EngineTimeout, EngineUnreachable if the registry cannot be reached
 */
export async function findDigest(engine: DockerEngine, question: ManifestQuestion): Promise<string | undefined> {
  const { name, auth, timeoutMs, signal } = question;
  try {
    const path = `/distribution/${encodeURI(name)}/json`;
    const answer = await engine.call<DistributionAnswer>("GET", path, { headers: authHeader(auth), timeoutMs, signal });
    const { mediaType = "", digest } = answer.Descriptor ?? {};
    return withoutDigest.test(mediaType) ? undefined : digest;
  } catch (error) {
    // What else the registry has to say it says to the pull, in the words that users know.
    if (error instanceof EngineError && !isOutOfReach(error)) return undefined;
    throw error;
  }
}

/** Texts of Go's network calls and of the resolver. Compared in lower case. */
const outOfReach = [
  "no such host",
  "connection refused",
  "i/o timeout",
  "tls handshake timeout",
  "network is unreachable",
  "no route to host",
  "server misbehaving",
  "temporary failure in name resolution",
  "context deadline exceeded",
  "client.timeout exceeded",
];

/** Whether the registry did not answer at all. */
export function isOutOfReach(error: unknown): boolean {
  if (error instanceof EngineTimeout) return true;
  const text = error instanceof EngineError ? error.message.toLowerCase() : "";
  return outOfReach.some((part) => text.includes(part));
}
