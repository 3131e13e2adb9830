import { createHash } from "node:crypto";
import { type TarEntry, tarOf } from "./tar.ts";

/** How containers of an image start, unless a task says otherwise. */
export interface ImageConfig {
  readonly command?: readonly string[];
  readonly entryPoint?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly workingDirectory?: string;
  readonly user?: string;
  /** As `80/tcp`. */
  readonly exposedPorts?: readonly string[];
  readonly stopSignal?: string;
  readonly labels?: Readonly<Record<string, string>>;
  /** Paths, each of which gets an anonymous volume. */
  readonly volumes?: readonly string[];
}

export interface ImageSpec {
  /** Name and tag. */
  readonly tag: string;
  readonly architecture: "amd64" | "arm64";
  /** Lower layers first. */
  readonly layers: readonly (readonly TarEntry[])[];
  readonly config: ImageConfig;
}

/** An image as `docker save` would write it. The same spec gives the same image id. Source: OCI image specification, config. */
export async function imageArchive({ tag, architecture, layers, config }: ImageSpec): Promise<Buffer> {
  const archives = await Promise.all(layers.map(tarOf));
  const digests = archives.map(sha256);
  const description = Buffer.from(
    JSON.stringify({
      architecture,
      os: "linux",
      created: "1970-01-01T00:00:00Z",
      config: configOf(config),
      rootfs: { type: "layers", diff_ids: digests.map((digest) => `sha256:${digest}`) },
      history: archives.map(() => ({ created: "1970-01-01T00:00:00Z", created_by: "hatoba" })),
    }),
  );
  const configFile = `${sha256(description)}.json`;
  const files = digests.map((digest) => `${digest}/layer.tar`);
  const manifest = JSON.stringify([{ Config: configFile, RepoTags: [tag], Layers: files }]);
  return tarOf([
    { path: "manifest.json", content: manifest },
    { path: configFile, content: description },
    ...files.map((path, at) => ({ path, content: archives[at] ?? "" })),
  ]);
}

function configOf(config: ImageConfig) {
  const set = (names: readonly string[]) => Object.fromEntries(names.map((name) => [name, {}]));
  return {
    Env: [
      "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
      ...Object.entries(config.environment ?? {}).map(([name, value]) => `${name}=${value}`),
    ],
    ...(config.command === undefined ? {} : { Cmd: config.command }),
    ...(config.entryPoint === undefined ? {} : { Entrypoint: config.entryPoint }),
    ...(config.workingDirectory === undefined ? {} : { WorkingDir: config.workingDirectory }),
    ...(config.user === undefined ? {} : { User: config.user }),
    ...(config.exposedPorts === undefined ? {} : { ExposedPorts: set(config.exposedPorts) }),
    ...(config.volumes === undefined ? {} : { Volumes: set(config.volumes) }),
    ...(config.stopSignal === undefined ? {} : { StopSignal: config.stopSignal }),
    ...(config.labels === undefined ? {} : { Labels: config.labels }),
  };
}

const sha256 = (content: Buffer) => createHash("sha256").update(content).digest("hex");
