import type { Connection } from "@hatoba/contract";
import { serveTelemetry, type TelemetryDependencies } from "./telemetry-session.ts";

/** All telemetry connections: one for each container instance, the newest, and none for an instance or a machine that is deregistered. */
export class TelemetrySessions {
  private readonly deps: TelemetryDependencies;
  private readonly connections = new Map<string, Connection>();

  constructor(deps: TelemetryDependencies) {
    this.deps = deps;
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
    serveTelemetry(connection, containerInstanceArn, this.deps, () => {
      if (this.connections.get(containerInstanceArn) === connection) this.connections.delete(containerInstanceArn);
    });
  }
}
