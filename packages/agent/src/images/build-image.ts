import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { Readable } from "node:stream";
import { type ImageConfig, imageArchive } from "./image-archive.ts";
import type { TarEntry } from "./tar.ts";

/** Label of every image that this house builds; its value is `true`. */
export const builtHereLabel = "dev.hatoba.built-here";

/** The busybox image for tests and first steps: a shell, a web server and some 200 commands. */
export const busyboxImage = "hatoba/busybox:1";

/** An engine's client, as far as images are built: DockerEngine, or another one. */
export interface ImageLoader {
  loadImage(archive: Readable): Promise<AsyncIterable<string | Uint8Array>>;
}

export interface ImageToBuild {
  /** Name and tag, as `hatoba/hello:1`. */
  readonly tag: string;
  /** Path of a statically linked busybox on this machine: it becomes /bin/busybox, with a link for each of its commands. */
  readonly busybox?: string;
  /** Further files by their path in the image; a value is the content. */
  readonly files?: Readonly<Record<string, string | Uint8Array>>;
  /** Paths among `files` that are programs. */
  readonly executable?: readonly string[];
  readonly config?: ImageConfig;
}

/**
 * Builds a small image from files of this machine, without a base image, a builder or a registry.
 * An image of the same tag is replaced; the same input gives the same image.
 * @throws EngineError, EngineUnreachable; Error if the busybox cannot be used.
 */
export async function buildImage(engine: ImageLoader, image: ImageToBuild): Promise<void> {
  const { tag, busybox, files = {}, executable = [], config = {} } = image;
  const own = Object.entries(files).map(([path, content]) => ({
    path: path.replace(/^\/+/, ""),
    content,
    mode: executable.includes(path) ? 0o755 : 0o644,
  }));
  const layers = [...(busybox === undefined ? [] : [busyboxFiles(busybox)]), ...(own.length === 0 ? [] : [own])];
  const archive = await imageArchive({
    tag,
    architecture: process.arch === "arm64" ? "arm64" : "amd64",
    layers,
    config: {
      ...(busybox === undefined ? {} : { command: ["/bin/sh"] }),
      ...config,
      labels: { ...config.labels, [builtHereLabel]: "true" },
    },
  });
  await loadImage(engine, archive);
}

/** Hands an archive in the form of `docker save` to the engine. @throws EngineError, EngineUnreachable, Error. */
export async function loadImage(engine: ImageLoader, archive: Buffer): Promise<void> {
  let text = "";
  for await (const chunk of await engine.loadImage(Readable.from([archive]))) text += chunk.toString();
  const error = /"error":\s*("(?:[^"\\]|\\.)*")/.exec(text)?.[1];
  if (error !== undefined) throw new Error(`the container engine refused the image: ${JSON.parse(error) as string}`);
}

function busyboxFiles(path: string): readonly TarEntry[] {
  // Only the program itself knows which commands it was built with.
  const commands = execFileSync(path, ["--list-full"], { encoding: "utf8" }).split("\n").filter(Boolean);
  const links = commands.filter((command) => command !== "bin/busybox");
  return [
    { path: "bin/busybox", content: readFileSync(path), mode: 0o755 },
    ...links.map((command) => ({ path: command, linkTo: "/bin/busybox" })),
    { path: "etc/passwd", content: "root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/:/bin/false\n" },
    { path: "etc/group", content: "root:x:0:\nnogroup:x:65534:\n" },
    { path: "root/" },
    { path: "tmp/" },
  ];
}
