import type { InstanceStatus, InstanceStatusSource } from "../channel/control-plane.ts";
import type { Clock } from "../platform/clock.ts";

/** Whether the container engine answers, for the health of the container instance. Source: agent protocol §4.3. */
export class EngineStatus implements InstanceStatusSource {
  readonly #ping: () => Promise<unknown>;
  readonly #clock: Clock;
  #status: InstanceStatus;
  #reported: InstanceStatus["status"] | undefined;

  /** @param ping rejects if the engine does not answer within two seconds */
  constructor(ping: () => Promise<unknown>, clock: Clock) {
    this.#ping = ping;
    this.#clock = clock;
    const now = clock.now();
    this.#status = { type: "ContainerRuntime", status: "INITIALIZING", lastUpdated: now, lastStatusChange: now };
  }

  async unreported(): Promise<readonly InstanceStatus[]> {
    const status = await this.#ping().then(
      () => "OK" as const,
      () => "IMPAIRED" as const,
    );
    const now = this.#clock.now();
    const lastStatusChange = status === this.#status.status ? this.#status.lastStatusChange : now;
    this.#status = { ...this.#status, status, lastUpdated: now, lastStatusChange };
    return status === this.#reported ? [] : [this.#status];
  }

  reported(statuses: readonly InstanceStatus[]): void {
    this.#reported = statuses.at(-1)?.status ?? this.#reported;
  }
}
