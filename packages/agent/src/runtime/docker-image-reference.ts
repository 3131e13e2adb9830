/** An image's name, taken apart. */
export interface ImageReference {
  /** `docker.io` where the name has no registry. */
  readonly registry: string;
  /** The name as the engine takes it: with a tag or a digest, `latest` where it had none. A tag beside a digest is left out. */
  readonly name: string;
  /** Without tag and digest. */
  readonly repository: string;
  /** Absent beside a digest. */
  readonly tag?: string;
  /** As `sha256:…`. */
  readonly digest?: string;
}

/**
 * The first part of a name is a registry if it looks like a host: it has a dot or a colon, or is `localhost`.
 * Source: the reference grammar of the distribution project.
 */
export function imageReference(image: string): ImageReference {
  const slash = image.indexOf("/");
  const first = slash < 0 ? "" : image.slice(0, slash);
  const registry = /[.:]/.test(first) || first === "localhost" ? first : "docker.io";
  const at = image.indexOf("@");
  const named = at < 0 ? image : image.slice(0, at);
  const colon = named.indexOf(":", named.lastIndexOf("/") + 1);
  const repository = colon < 0 ? named : named.slice(0, colon);
  if (at >= 0) {
    const digest = image.slice(at + 1);
    return { registry, repository, digest, name: `${repository}@${digest}` };
  }
  // Without a tag the engine would pull every tag there is.
  const tag = colon < 0 ? "latest" : named.slice(colon + 1);
  return { registry, repository, tag, name: `${repository}:${tag}` };
}
