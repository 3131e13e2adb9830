import { ContainerFailure, type PullBehaviour, type PullResult } from "./container-runtime.ts";
import { type DockerEngine, EngineError, EngineTimeout } from "./docker-engine.ts";
import { failureOf, isMissing } from "./docker-errors.ts";
import { imageReference } from "./docker-image-reference.ts";
import { jsonLines } from "./docker-lines.ts";
import { linuxEngine } from "./engine-platform.ts";

/** How long a registry may be silent, in milliseconds. Source: agent-protocol §5.6. */
const patience = {
  /** Before its first word, when an image is here to fall back on. */
  withLocalImage: 5_000,
  /** Before its first word, when there is none. */
  withoutImage: 5 * 60_000,
  /** A registry that could not be reached is not asked again for so long while there is a local image. */
  unreachable: 60_000,
} as const;

/** What the engine says of an image that it has. */
interface LocalImage {
  readonly RepoDigests?: readonly string[] | null;
}
interface Progress {
  readonly status?: string;
  readonly error?: string;
}

/**
 * Gets images as ECS_IMAGE_PULL_BEHAVIOR says. Two tasks that want the same image share one pull.
 * How `default` treats images of this machine: docs/decisions/0003-image-pull.md.
 */
export class DockerPull {
  readonly #engine: DockerEngine;
  readonly #now: () => number;
  readonly #betweenWordsMs: number;
  readonly #underWay = new Map<string, Promise<PullResult>>();
  /** Images that this agent has pulled, for `once`. */
  readonly #pulled = new Set<string>();
  /** Registries that could not be reached: until when (as #now counts) they are left alone, and what was said. */
  readonly #unreachable = new Map<string, { readonly until: number; readonly warning: string }>();

  /**
   * @param now milliseconds of a clock that never goes back.
   * @param betweenWordsMs how long a registry may be silent in the middle of a pull.
   */
  constructor(
    engine: DockerEngine,
    now: () => number = () => performance.now(),
    betweenWordsMs: number = linuxEngine.waits.pullInactivity,
  ) {
    this.#engine = engine;
    this.#now = now;
    this.#betweenWordsMs = betweenWordsMs;
  }

  /** @throws ContainerFailure CannotPullContainerError, with the registry's or the engine's own text. */
  async pull(image: string, behaviour: PullBehaviour, signal: AbortSignal): Promise<PullResult> {
    signal.throwIfAborted();
    const { name, registry } = imageReference(image);
    const local = behaviour === "always" ? undefined : await this.#localImage(name);
    if (local !== undefined && this.#isGoodEnough(name, behaviour, local)) return { pulled: false };
    const known = this.#unreachable.get(registry);
    if (local !== undefined && known !== undefined && known.until > this.#now()) {
      return { pulled: false, warning: known.warning };
    }
    try {
      const imageDigest = await this.#shared(name, local !== undefined, signal);
      this.#unreachable.delete(registry);
      this.#pulled.add(name);
      return imageDigest;
    } catch (error) {
      const failure = failureOf("pull", error);
      if (!(failure instanceof ContainerFailure)) throw failure;
      if (isOutOfReach(error)) {
        this.#unreachable.set(registry, { until: this.#now() + patience.unreachable, warning: failure.reason });
      }
      if (local === undefined || behaviour !== "default") throw failure;
      return { pulled: false, warning: failure.reason };
    }
  }

  #isGoodEnough(name: string, behaviour: PullBehaviour, local: LocalImage): boolean {
    switch (behaviour) {
      case "prefer-cached":
        return true;
      case "once":
        return this.#pulled.has(name) || wasNeverInARegistry(local);
      case "default":
        return wasNeverInARegistry(local);
      case "always":
        return false;
    }
  }

  async #localImage(name: string): Promise<LocalImage | undefined> {
    try {
      return await this.#engine.call<LocalImage>("GET", `/images/${encodeURI(name)}/json`, { timeoutMs: 30_000 });
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw failureOf("pull", error);
    }
  }

  /** A caller that gives up leaves the pull to the others; the pull ends when the last one has given up. */
  async #shared(name: string, hasLocal: boolean, signal: AbortSignal): Promise<PullResult> {
    const running = this.#underWay.get(name);
    if (running !== undefined) {
      const result = await Promise.race([running.catch(() => undefined), aborted(signal)]);
      // The other one was stopped or failed: that is its own affair, ask for ourselves.
      if (result !== undefined) return result;
      signal.throwIfAborted();
    }
    const own = this.#download(name, hasLocal, signal);
    this.#underWay.set(name, own);
    try {
      return await own;
    } finally {
      if (this.#underWay.get(name) === own) this.#underWay.delete(name);
    }
  }

  async #download(name: string, hasLocal: boolean, signal: AbortSignal): Promise<PullResult> {
    const first = hasLocal ? patience.withLocalImage : patience.withoutImage;
    const silence = new AbortController();
    const timeUp = (ms: number) => setTimeout(() => silence.abort(new EngineTimeout(ms)), ms);
    let timer = timeUp(first);
    let digest: string | undefined;
    try {
      const query = { fromImage: name };
      const both = AbortSignal.any([signal, silence.signal]);
      const answer = await this.#engine.stream("POST", "/images/create", { query, signal: both });
      for await (const { status, error } of jsonLines<Progress>(answer)) {
        if (error !== undefined) throw new EngineError(500, error);
        digest ??= /^Digest: (sha256:[0-9a-f]{64})$/.exec(status ?? "")?.[1];
        clearTimeout(timer);
        timer = timeUp(this.#betweenWordsMs);
      }
    } catch (error) {
      signal.throwIfAborted();
      throw silence.signal.aborted ? silence.signal.reason : error;
    } finally {
      clearTimeout(timer);
    }
    return { pulled: true, ...(digest === undefined ? {} : { imageDigest: digest }) };
  }
}

/** Built or imported on this machine: no registry has ever named its digest. */
function wasNeverInARegistry(image: LocalImage): boolean {
  return (image.RepoDigests ?? []).length === 0;
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

function isOutOfReach(error: unknown): boolean {
  if (error instanceof EngineTimeout) return true;
  const text = error instanceof EngineError ? error.message.toLowerCase() : "";
  return outOfReach.some((part) => text.includes(part));
}

function aborted(signal: AbortSignal): Promise<undefined> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve(undefined);
    else signal.addEventListener("abort", () => resolve(undefined), { once: true });
  });
}
