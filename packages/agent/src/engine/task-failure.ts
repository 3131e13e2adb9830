import { ContainerFailure } from "../runtime/container-runtime.ts";

/**
 * Something that concerns a task as a whole, met while one of its containers was made. The message is the task's reason as it
 * stands; the container has none of its own. Source: agent protocol §5.11.
 */
export class TaskFailure extends ContainerFailure {
  constructor(reason: string, options?: ErrorOptions) {
    super("TaskFailure", reason, options);
  }
}
