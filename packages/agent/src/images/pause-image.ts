import type { DockerEngine } from "../runtime/docker-engine.ts";
import { EngineError } from "../runtime/docker-engine.ts";
import { builtHereLabel, loadImage } from "./build-image.ts";
import { imageArchive } from "./image-archive.ts";
import { pauseProgram } from "./pause-program.ts";

/** The image of the container that holds a task's namespaces. */
const pauseImage = "hatoba/pause:1";

/**
 * Makes sure that the pause image is on the machine; it is made on the spot, from nothing.
 * @throws EngineError, EngineUnreachable.
 */
export async function ensurePauseImage(engine: DockerEngine): Promise<string> {
  try {
    await engine.call("GET", `/images/${pauseImage}/json`, { timeoutMs: 30_000 });
    return pauseImage;
  } catch (error) {
    if (!(error instanceof EngineError) || error.status !== 404) throw error;
  }
  const { Arch: architecture } = await engine.call<{ readonly Arch: string }>("GET", "/version", { timeoutMs: 30_000 });
  await loadImage(engine, await pauseImageArchive(architecture === "arm64" ? "arm64" : "amd64"));
  return pauseImage;
}

/** The pause image as `docker save` would write it. */
export function pauseImageArchive(architecture: "amd64" | "arm64"): Promise<Buffer> {
  return imageArchive({
    tag: pauseImage,
    architecture,
    layers: [[{ path: "pause", content: pauseProgram(architecture), mode: 0o755 }]],
    // The first process of a namespace hears no signal that it has not asked for, but SIGKILL.
    config: { entryPoint: ["/pause"], stopSignal: "SIGKILL", labels: { [builtHereLabel]: "true" } },
  });
}
