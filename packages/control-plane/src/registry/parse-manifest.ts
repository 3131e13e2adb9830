import { isDigest } from "./digest.ts";
import { RegistryRefusal } from "./refusal.ts";

/** What the registry has to know of a manifest. */
export interface ParsedManifest {
  readonly mediaType: string;
  readonly artifactType?: string;
  /** Its configuration and layers, as far as they have to be here, in bytes together. */
  readonly contentBytes: number;
  readonly blobs: readonly string[];
  readonly manifests: readonly string[];
  readonly subject?: string;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** 4 MiB. Source: ECR API limits, imageManifest. */
export const mostManifestBytes = 4 * 1024 * 1024;

const docker = "application/vnd.docker.distribution.manifest";
const imageTypes = new Set([`${docker}.v2+json`, "application/vnd.oci.image.manifest.v1+json"]);
const indexTypes = new Set([`${docker}.list.v2+json`, "application/vnd.oci.image.index.v1+json"]);

type Json = Readonly<Record<string, unknown>>;

/**
 * Reads a manifest: Docker's schema 2 and lists, OCI's manifests and indexes.
 * @param stated the media type that came with it; it has to be the one inside, if there is one inside
 * @throws RegistryRefusal manifestInvalid. Source: OCI image specification; Docker registry, manifest version 2 schema 2.
 */
export function parseManifest(content: Uint8Array, stated: string | undefined): ParsedManifest {
  const json = read(content);
  const inside = typeof json["mediaType"] === "string" ? json["mediaType"] : undefined;
  const given = stated?.split(";")[0]?.trim();
  const mediaType = inside ?? (given && given !== "application/json" ? given : guess(json));
  if (given && given !== "application/json" && given !== mediaType) {
    throw invalid(`its media type is ${mediaType}, and it was sent as ${given}`);
  }
  if (json["schemaVersion"] !== 2) throw invalid("its schema version is not 2");
  const common = {
    mediaType,
    ...(json["subject"] === undefined ? {} : { subject: descriptor(json["subject"], "subject").digest }),
    ...(isTexts(json["annotations"]) ? { annotations: json["annotations"] } : {}),
  };
  const artifactType = typeof json["artifactType"] === "string" ? json["artifactType"] : undefined;
  if (imageTypes.has(mediaType)) {
    const config = descriptor(json["config"], "config");
    const here = [config, ...list(json["layers"], "layers").filter(({ mediaType: type }) => !isElsewhere(type))];
    return {
      ...common,
      artifactType: artifactType ?? config.mediaType,
      contentBytes: here.reduce((sum, { size }) => sum + size, 0),
      blobs: [...new Set(here.map(({ digest }) => digest))],
      manifests: [],
    };
  }
  if (indexTypes.has(mediaType)) {
    return {
      ...common,
      ...(artifactType === undefined ? {} : { artifactType }),
      contentBytes: 0,
      blobs: [],
      manifests: [...new Set(list(json["manifests"], "manifests").map(({ digest }) => digest))],
    };
  }
  throw invalid(`manifests of type ${mediaType || "no kind"} are not taken here`);
}

const invalid = (why: string) => new RegistryRefusal("manifestInvalid", `The image manifest is not valid: ${why}.`);

function read(content: Uint8Array): Json {
  try {
    const json: unknown = JSON.parse(Buffer.from(content).toString());
    if (typeof json === "object" && json !== null && !Array.isArray(json)) return json as Json;
  } catch {
    // Said below, in the same words.
  }
  throw invalid("it is not a JSON object");
}

/** OCI's need not name themselves. */
const guess = (json: Json): string =>
  Array.isArray(json["manifests"])
    ? "application/vnd.oci.image.index.v1+json"
    : json["config"] === undefined
      ? ""
      : "application/vnd.oci.image.manifest.v1+json";

interface Descriptor {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
}

function descriptor(value: unknown, member: string): Descriptor {
  const { mediaType, digest, size } = (typeof value === "object" && value !== null ? value : {}) as Json;
  if (typeof mediaType !== "string" || typeof digest !== "string" || !isDigest(digest)) {
    throw invalid(`${member} lacks a media type or a sha256 digest`);
  }
  if (typeof size !== "number" || !Number.isSafeInteger(size) || size < 0) throw invalid(`${member} lacks a size`);
  return { mediaType, digest, size };
}

function list(value: unknown, member: string): readonly Descriptor[] {
  if (!Array.isArray(value)) throw invalid(`it has no ${member}`);
  return value.map((each, index) => descriptor(each, `${member}[${index}]`));
}

/** Layers that nobody may hand on are fetched from where they say. */
const isElsewhere = (mediaType: string) => /\.foreign\.|\.nondistributable\./.test(mediaType);

const isTexts = (value: unknown): value is Readonly<Record<string, string>> =>
  typeof value === "object" && value !== null && Object.values(value).every((each) => typeof each === "string");
