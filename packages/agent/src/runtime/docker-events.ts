import type { RuntimeEvent } from "./container-runtime.ts";
import { type DockerEngine, EngineUnreachable } from "./docker-engine.ts";
import { failureOf } from "./docker-errors.ts";
import { jsonLines } from "./docker-lines.ts";

interface EngineEvent {
  readonly Type: string;
  readonly Action: string;
  readonly Actor: { readonly ID: string };
}

export interface EventOptions {
  readonly signal: AbortSignal;
  /** Only containers with this label, `NAME` or `NAME=VALUE`. */
  readonly label: string;
  /** Told the id of a container in which the kernel killed a process for memory. */
  readonly onOutOfMemory: (id: string) => void;
  readonly onDestroyed: (id: string) => void;
}

/** What can change an observation; the engine tells of much more, above all of each health check's exec. */
const interesting = ["start", "die", "oom", "destroy", "pause", "unpause", "health_status"];

/**
 * The engine's events on our containers. Starts with `reset`, since what came before is unknown. When the connection ends it is
 * made anew once, and again tells `reset`.
 * @throws ContainerFailure when no engine answers any more.
 */
export async function* dockerEvents(engine: DockerEngine, options: EventOptions): AsyncGenerator<RuntimeEvent> {
  const { signal, label } = options;
  const filters = JSON.stringify({ type: ["container"], event: interesting, label: [label] });
  try {
    while (!signal.aborted) {
      const answer = await engine.stream("GET", "/events", { query: { filters }, signal });
      yield { kind: "reset" };
      try {
        for await (const { Action, Actor } of jsonLines<EngineEvent>(answer)) {
          if (Action === "oom") options.onOutOfMemory(Actor.ID);
          if (Action === "destroy") options.onDestroyed(Actor.ID);
          yield { kind: "container", id: Actor.ID };
        }
      } catch (error) {
        // A cut connection: the next round says whether the engine is gone.
        if (!signal.aborted && !isCut(error)) throw error;
      }
    }
  } catch (error) {
    if (!signal.aborted) throw failureOf("events", error);
  }
}

function isCut(error: unknown): boolean {
  return error instanceof EngineUnreachable || (error instanceof Error && "code" in error);
}
