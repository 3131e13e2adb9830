import { ContainerFailure, type PullBehaviour, type PullResult } from "./container-runtime.ts";
import { type DockerEngine, EngineError, EngineTimeout } from "./docker-engine.ts";
import { failureOf, isMissing } from "./docker-errors.ts";
import { type ImageReference, imageReference } from "./docker-image-reference.ts";
import { jsonLines } from "./docker-lines.ts";
import { findDigest, isOutOfReach } from "./docker-manifest.ts";
import { linuxEngine } from "./engine-platform.ts";
import { authHeader, type RegistryAuth } from "./registry-auth.ts";

/** How long a registry may be silent, in milliseconds. Source: agent-protocol §5.6. */
const patience = {
  /** Before its first word, when an image is here to fall back on. */
  withLocalImage: 5_000,
  /** Before its first word, when there is none. */
  withoutImage: 5 * 60_000,
  /** For the digest of a tag. */
  manifest: 60_000,
  /** A registry that could not be reached is not asked again for so long while there is a local image. */
  unreachable: 60_000,
} as const;

/** What the engine says of an image that it has. */
interface LocalImage {
  readonly Id: string;
  readonly RepoDigests?: readonly string[] | null;
}
interface Progress {
  readonly status?: string;
  readonly error?: string;
}

interface SharedPull {
  readonly result: Promise<PullResult>;
  /** Of whoever began it. */
  readonly signal: AbortSignal;
}

/**
 * Gets images as ECS_IMAGE_PULL_BEHAVIOR says. Two tasks that want the same image share one pull.
 * How `default` treats images of this machine: docs/decisions/0003-image-pull.md.
 */
export class DockerPull {
  readonly #engine: DockerEngine;
  readonly #now: () => number;
  readonly #betweenWordsMs: number;
  readonly #underWay = new Map<string, SharedPull>();
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
  async pull(image: string, behaviour: PullBehaviour, signal: AbortSignal, auth?: RegistryAuth): Promise<PullResult> {
    signal.throwIfAborted();
    const reference = imageReference(image);
    const { name, registry } = reference;
    const local = behaviour === "always" ? undefined : await this.#localImage(name);
    const here = local === undefined ? undefined : this.#asItIs(reference, local);
    if (local !== undefined && here !== undefined && this.#isGoodEnough(reference, behaviour, local)) return here;
    const known = this.#unreachable.get(registry);
    if (here !== undefined && known !== undefined && known.until > this.#now()) {
      return { ...here, warning: known.warning };
    }
    try {
      const result = await this.#shared(reference, local, auth, signal);
      this.#unreachable.delete(registry);
      this.#pulled.add(name);
      return result;
    } catch (error) {
      const failure = failureOf("pull", error);
      if (!(failure instanceof ContainerFailure)) throw failure;
      if (isOutOfReach(error)) {
        this.#unreachable.set(registry, { until: this.#now() + patience.unreachable, warning: failure.reason });
      }
      if (here === undefined || behaviour !== "default") throw failure;
      return { ...here, warning: failure.reason };
    }
  }

  /** An image was removed: `once` asks for it again. */
  forget(image: string): void {
    this.#pulled.delete(imageReference(image).name);
  }

  #asItIs({ repository, digest }: ImageReference, { Id, RepoDigests }: LocalImage): PullResult {
    const known = digest ?? digestOf(repository, RepoDigests ?? []);
    return { pulled: false, imageId: Id, ...(known === undefined ? {} : { imageDigest: known }) };
  }

  #isGoodEnough({ name, digest }: ImageReference, behaviour: PullBehaviour, local: LocalImage): boolean {
    // No registry can say anything else of it.
    if (digest !== undefined) return true;
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

  /**
   * One pull for all that want the same at the same time. If who began it gives up, another of them begins for all; if it
   * fails, that one tries once more for all, since the failure may have been of the first one's making.
   */
  async #shared(
    reference: ImageReference,
    local: LocalImage | undefined,
    auth: RegistryAuth | undefined,
    signal: AbortSignal,
  ): Promise<PullResult> {
    // Who logs in as somebody else has a pull of its own: it may be refused.
    const key = JSON.stringify([reference.name, auth]);
    for (let failures = 0; ; ) {
      const running = this.#underWay.get(key);
      if (running === undefined) return this.#begin(key, signal, () => this.#fetch(reference, local, auth, signal));
      try {
        const result = await Promise.race([running.result, aborted(signal)]);
        if (result !== undefined) return result;
        signal.throwIfAborted();
      } catch (error) {
        signal.throwIfAborted();
        if (!running.signal.aborted) failures += 1;
        if (failures > 1) throw error;
      }
    }
  }

  /** It is over, and not to be found any more, before anybody hears how it went. */
  #begin(key: string, signal: AbortSignal, fetch: () => Promise<PullResult>): Promise<PullResult> {
    const result = fetch().finally(() => this.#underWay.delete(key));
    this.#underWay.set(key, { result, signal });
    return result;
  }

  /**
   * Asks for the digest of a tag, pulls what has that digest, and gives it the tag: what is pulled is what was asked for,
   * even if the tag moves meanwhile. What is here by its digest is not pulled again.
   */
  async #fetch(
    { name, repository, tag, digest: stated }: ImageReference,
    local: LocalImage | undefined,
    auth: RegistryAuth | undefined,
    signal: AbortSignal,
  ): Promise<PullResult> {
    const firstWordMs = local === undefined ? patience.withoutImage : patience.withLocalImage;
    const manifestMs = Math.min(firstWordMs, patience.manifest);
    const digest = stated ?? (await findDigest(this.#engine, { name, auth, timeoutMs: manifestMs, signal }));
    if (digest === undefined) {
      const said = await this.#download(name, firstWordMs, auth, signal);
      const pulled = await this.#localImage(name);
      return { pulled: true, ...present("imageDigest", said), ...present("imageId", pulled?.Id) };
    }
    const exact = `${repository}@${digest}`;
    const before = await this.#localImage(exact);
    if (before === undefined) await this.#download(exact, firstWordMs, auth, signal);
    const after = before ?? (await this.#localImage(exact));
    if (tag !== undefined && after?.Id !== undefined && after.Id !== local?.Id) {
      await this.#engine.call("POST", `/images/${after.Id}/tag`, {
        query: { repo: repository, tag },
        timeoutMs: 30_000,
      });
    }
    return { pulled: true, imageDigest: digest, ...present("imageId", after?.Id) };
  }

  /** @returns the digest that the engine names in the end */
  async #download(
    name: string,
    first: number,
    auth: RegistryAuth | undefined,
    signal: AbortSignal,
  ): Promise<string | undefined> {
    const silence = new AbortController();
    const timeUp = (ms: number) => setTimeout(() => silence.abort(new EngineTimeout(ms)), ms);
    let timer = timeUp(first);
    let digest: string | undefined;
    try {
      const query = { fromImage: name };
      const both = AbortSignal.any([signal, silence.signal]);
      const answer = await this.#engine.stream("POST", "/images/create", {
        query,
        headers: authHeader(auth),
        signal: both,
      });
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
    return digest;
  }
}

/** The engine leaves out the registry and the owner that stand for Docker Hub's own images. */
function digestOf(repository: string, repoDigests: readonly string[]): string | undefined {
  const short = repository.replace(/^docker\.io\//, "").replace(/^library\//, "");
  return repoDigests.find((each) => each.startsWith(`${short}@`))?.split("@")[1];
}

const present = <K extends string>(name: K, text: string | undefined): { readonly [P in K]?: string } =>
  (text === undefined ? {} : { [name]: text }) as { readonly [P in K]?: string };

/** Built or imported on this machine: no registry has ever named its digest. */
function wasNeverInARegistry(image: LocalImage): boolean {
  return (image.RepoDigests ?? []).length === 0;
}

function aborted(signal: AbortSignal): Promise<undefined> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve(undefined);
    else signal.addEventListener("abort", () => resolve(undefined), { once: true });
  });
}
