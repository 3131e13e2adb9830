/** An image's name, taken apart. */
export interface ImageReference {
  /** `docker.io` where the name has no registry. */
  readonly registry: string;
  /** The name as the engine takes it: with a tag or a digest, `latest` where it had none. */
  readonly name: string;
}

/**
 * The first part of a name is a registry if it looks like a host: it has a dot or a colon, or is `localhost`.
 * Source: the reference grammar of the distribution project.
 */
export function imageReference(image: string): ImageReference {
  const slash = image.indexOf("/");
  const first = slash < 0 ? "" : image.slice(0, slash);
  const registry = /[.:]/.test(first) || first === "localhost" ? first : "docker.io";
  const last = image.slice(image.lastIndexOf("/") + 1);
  // Without a tag the engine would pull every tag there is.
  return { registry, name: /[:@]/.test(last) ? image : `${image}:latest` };
}
