/** What a task takes, and what a machine has. CPU units, MiB, host ports as `tcp/80`, ids of GPUs. */
export interface Demand {
  readonly cpu: number;
  readonly memoryMiB: number;
  readonly ports: readonly string[];
  readonly gpus?: readonly string[];
}

/** What a machine has for tasks; `ports` are those that no task may have. */
export type Supply = Demand;

/**
 * The queue that tasks pass between being accepted and being started: first come, first served, and never more at a time
 * than the machine has. Source: agent protocol §5.1. Keys are task ARNs; a key counts once however often it is put in.
 */
export class HostResources {
  readonly #supply: Supply;
  readonly #taken = new Map<string, Demand>();
  readonly #waiting = new Map<string, Demand>();
  readonly #ports: Set<string>;
  readonly #gpus = new Set<string>();
  #cpu = 0;
  #memoryMiB = 0;

  constructor(supply: Supply) {
    this.#supply = supply;
    this.#ports = new Set(supply.ports);
  }

  /** @returns what the machine lacks even when it is empty; undefined if the task waits its turn now. */
  enqueue(task: string, demand: Demand): string | undefined {
    if (this.#taken.has(task)) return undefined;
    const lack = lacking(demand, this.#supply);
    if (lack === undefined) this.#waiting.set(task, demand);
    return lack;
  }

  /** A task that is on the machine already, whatever else is. */
  take(task: string, demand: Demand): void {
    if (this.#taken.has(task)) return;
    this.#waiting.delete(task);
    this.#taken.set(task, demand);
    this.#cpu += demand.cpu;
    this.#memoryMiB += demand.memoryMiB;
    for (const port of demand.ports) this.#ports.add(port);
    for (const gpu of demand.gpus ?? []) this.#gpus.add(gpu);
  }

  /** A task that has stopped, or waits no longer. */
  release(task: string): void {
    this.#waiting.delete(task);
    const demand = this.#taken.get(task);
    if (demand === undefined) return;
    this.#taken.delete(task);
    this.#cpu -= demand.cpu;
    this.#memoryMiB -= demand.memoryMiB;
    for (const port of demand.ports) this.#ports.delete(port);
    for (const gpu of demand.gpus ?? []) this.#gpus.delete(gpu);
  }

  /** Takes what fits from the head of the queue. The first that does not fit holds up all behind it. */
  admit(): readonly string[] {
    const admitted: string[] = [];
    for (const [task, demand] of this.#waiting) {
      if (!this.#fits(demand)) break;
      this.take(task, demand);
      admitted.push(task);
    }
    return admitted;
  }

  #fits({ cpu, memoryMiB, ports, gpus = [] }: Demand): boolean {
    return (
      this.#cpu + cpu <= this.#supply.cpu &&
      this.#memoryMiB + memoryMiB <= this.#supply.memoryMiB &&
      !ports.some((port) => this.#ports.has(port)) &&
      !gpus.some((gpu) => this.#gpus.has(gpu))
    );
  }
}

function lacking({ cpu, memoryMiB, ports, gpus = [] }: Demand, supply: Supply): string | undefined {
  if (cpu > supply.cpu) return `${cpu} CPU units are more than the ${supply.cpu} of this machine`;
  if (memoryMiB > supply.memoryMiB)
    return `${memoryMiB} MiB of memory are more than the ${supply.memoryMiB} of this machine`;
  const gpu = gpus.find((each, index) => supply.gpus?.includes(each) !== true || gpus.indexOf(each) !== index);
  if (gpu !== undefined) return `GPU ${gpu} can not be had`;
  const port = ports.find((each, index) => supply.ports.includes(each) || ports.indexOf(each) !== index);
  return port === undefined ? undefined : `host port ${port} can not be had`;
}
