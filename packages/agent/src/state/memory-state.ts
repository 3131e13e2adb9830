import type { KnownTask } from "../engine/known-task.ts";
import type { AgentFacts, AgentState } from "./agent-state.ts";

/** A state that lives as long as the object; tests hand it from one agent to the next. */
export class MemoryState implements AgentState {
  #facts: AgentFacts;
  readonly #tasks = new Map<string, KnownTask>();

  constructor(agentId: string) {
    this.#facts = { agentId, sequenceNumber: -1 };
  }

  /** As a disk looks to whoever opens it after a kill: what is saved here later does not reach the copy. */
  copy(): MemoryState {
    const copy = new MemoryState(this.#facts.agentId);
    copy.#facts = this.#facts;
    for (const task of this.#tasks.values()) copy.save(task);
    return copy;
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
