import type { Connection } from "@hatoba/contract";
import { InTurns } from "../platform/in-turns.ts";
import { serveTelemetry, type TelemetryDependencies } from "./telemetry-session.ts";

/** Characters of messages that may wait: what 100,000 tasks publish at a time. */
const mostWaiting = 128 * 1024 * 1024;
/** How often it is said that messages were left aside. Milliseconds. */
const toldEvery = 60_000;

interface Turn {
  readonly size: number;
  readonly work: () => void;
}

/**
 * All telemetry connections: one for each container instance, the newest, and none for an instance or a machine that is deregistered.
 * A fleet that connects at once publishes at once, every 20 s; callers do not wait for all of it.
 */
export class TelemetrySessions {
  private readonly deps: TelemetryDependencies;
  private readonly connections = new Map<string, Connection>();
  private readonly turns: InTurns<Turn>;
  private dropped = 0;
  private toldAt = Number.NEGATIVE_INFINITY;

  constructor(deps: TelemetryDependencies) {
    this.deps = deps;
    this.turns = new InTurns<Turn>({
      *work(turn) {
        turn.work();
        yield;
      },
      sizeOf: ({ size }) => size,
      most: mostWaiting,
      onDropped: (turns) => this.tellDropped(turns.length),
      onError: (error) => deps.logger.error({ err: error }, "telemetry not kept"),
    });
    deps.store.onChange(({ after }) => {
      if (after?.kind === "containerInstance" && after.value.status === "INACTIVE") {
        this.connections.get(after.arn)?.close(4000, "InactiveInstanceException: Container instance is deregistered.");
      } else if (after?.kind === "managedInstance" && after.value.revokedAt !== undefined) {
        // Its key was taken away, whether or not its container instance was.
        const instances = deps.store.snapshot().list("containerInstance", { ec2InstanceId: after.value.instanceId });
        for (const { arn } of instances) {
          this.connections.get(arn)?.close(4000, "InactiveInstanceException: The machine is deregistered.");
        }
      }
    });
  }

  /** Takes a connection of an agent that may connect; an older one of the same instance is closed. */
  open(connection: Connection, containerInstanceArn: string): void {
    const older = this.connections.get(containerInstanceArn);
    this.connections.set(containerInstanceArn, connection);
    older?.close(4001, "A newer connection of the same container instance.");
    const forget = () => {
      if (this.connections.get(containerInstanceArn) === connection) this.connections.delete(containerInstanceArn);
    };
    const takeTurn = (size: number, work: () => void) => this.turns.add({ size, work });
    serveTelemetry(connection, containerInstanceArn, this.deps, forget, takeTurn);
  }

  private tellDropped(messages: number): void {
    const { clock, logger } = this.deps;
    this.dropped += messages;
    if (clock.now() - this.toldAt < toldEvery) return;
    logger.warn({ messages: this.dropped }, "telemetry left aside, there is too much of it");
    this.dropped = 0;
    this.toldAt = clock.now();
  }
}
