import { createHmac } from "node:crypto";
import { isInternal, type KnownContainer, type KnownTask } from "../engine/known-task.ts";

/** A container as it is found by the id that only itself was given. */
export interface Asker {
  readonly task: KnownTask;
  readonly container: KnownContainer;
}

/**
 * The id that a container asks the endpoints under, in the form of a UUID. It follows from the agent's secret key, so that it
 * is the same after a restart and nobody else can tell it.
 */
export function endpointIdOf(key: string, taskArn: string, container: string): string {
  const hex = createHmac("sha256", key).update(`${taskArn}\n${container}`).digest("hex");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join("-");
}

/** Finds containers by their ids. */
export class EndpointIds {
  readonly #key: string;
  readonly #tasks: () => readonly KnownTask[];
  /** Task ARN and container name by id; kept for tasks that are still known. */
  #known = new Map<string, { readonly arn: string; readonly name: string }>();

  /** @param key secret, kept with the agent's state. @param tasks every task that is known at that moment */
  constructor(key: string, tasks: () => readonly KnownTask[]) {
    this.#key = key;
    this.#tasks = tasks;
  }

  of(taskArn: string, container: string): string {
    return endpointIdOf(this.#key, taskArn, container);
  }

  find(id: string): Asker | undefined {
    return this.#look(id) ?? (this.#learn() ? this.#look(id) : undefined);
  }

  #look(id: string): Asker | undefined {
    const found = this.#known.get(id);
    if (found === undefined) return undefined;
    const task = this.#tasks().find(({ arn }) => arn === found.arn);
    const container = task?.containers.find(({ name }) => name === found.name);
    return task === undefined || container === undefined ? undefined : { task, container };
  }

  /** Whether there was anything new. */
  #learn(): boolean {
    const before = new Set([...this.#known.values()].map(({ arn }) => arn));
    const tasks = this.#tasks();
    if (tasks.length === before.size && tasks.every(({ arn }) => before.has(arn))) return false;
    this.#known = new Map(
      tasks.flatMap(({ arn, containers }) =>
        containers.flatMap(({ name }) => (isInternal(name) ? [] : [[this.of(arn, name), { arn, name }] as const])),
      ),
    );
    return true;
  }
}
