import type { KnownTask } from "../engine/known-task.ts";
import type { AgentFacts, AgentState } from "./agent-state.ts";

/** A state that lives as long as the object; tests hand it from one agent to the next. */
export class MemoryState implements AgentState {
  #facts: AgentFacts;
  readonly #tasks = new Map<string, KnownTask>();

  constructor(agentId: string) {
    this.#facts = { agentId, sequenceNumber: -1 };
  }

  facts(): AgentFacts {
    return this.#facts;
  }

  setFacts(change: Partial<AgentFacts>): void {
    this.#facts = { ...this.#facts, ...change };
  }

  tasks(): readonly KnownTask[] {
    return [...this.#tasks.values()];
  }

  save(task: KnownTask): void {
    this.#tasks.set(task.arn, task);
  }

  remove(taskArn: string): void {
    this.#tasks.delete(taskArn);
  }

  durable(): Promise<void> {
    return Promise.resolve();
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
