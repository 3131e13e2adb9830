import { randomUUID } from "node:crypto";
import type { AssignmentHandler } from "./channel/assignment-handler.ts";
import { backOffs } from "./channel/back-off.ts";
import type { ControlPlane, HealthSource, PollEndpoints } from "./channel/control-plane.ts";
import type { Signer } from "./channel/signer.ts";
import { openSocket } from "./channel/socket.ts";
import { stayConnected } from "./channel/stay-connected.ts";
import { serveTelemetry } from "./channel/telemetry.ts";
import { serveWork } from "./channel/work-session.ts";
import type { Clock } from "./platform/clock.ts";
import type { Logger } from "./platform/logger.ts";

export interface ConnectionsOptions {
  readonly controlPlane: Pick<ControlPlane, "discoverPollEndpoint">;
  readonly tasks: AssignmentHandler & HealthSource;
  readonly signer: Signer;
  /** As configured; `default` for none. */
  readonly cluster: string;
  readonly containerInstanceArn: string;
  readonly agentVersion: string;
  /** As `20.10.24`. */
  readonly engineVersion: string;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly signal: AbortSignal;
}

/**
 * Keeps the two connections of an agent, for work and for telemetry, until `signal` aborts. Where they go is asked before
 * each is opened, so that a control plane may move; while it does not say, the last answer holds.
 */
export async function stayInTouch(options: ConnectionsOptions): Promise<void> {
  const { controlPlane, tasks, signer, cluster, containerInstanceArn, agentVersion, engineVersion } = options;
  const { clock, logger, signal } = options;
  const random = Math.random;
  const agent = { agentHash: "hatoba", agentVersion };
  let known: PollEndpoints | undefined;
  const endpoints = async (): Promise<PollEndpoints> => {
    try {
      known = await controlPlane.discoverPollEndpoint(containerInstanceArn);
    } catch (error) {
      if (known === undefined) throw error;
    }
    return known;
  };
  let sendCredentials = true;
  const work = stayConnected({
    what: "work",
    open: async () =>
      openSocket(
        (await endpoints()).endpoint,
        {
          ...agent,
          clusterArn: cluster,
          containerInstanceArn,
          dockerVersion: `DockerVersion: ${engineVersion}`,
          protocolVersion: "2",
          sendCredentials: String(sendCredentials),
          seqNum: "1",
        },
        signer,
      ),
    serve: (connection) => {
      sendCredentials = false;
      return serveWork(connection, { handler: tasks, clock, logger, random });
    },
    backOff: backOffs.connect,
    clock,
    logger,
    random,
    signal,
  });
  const telemetry = stayConnected({
    what: "telemetry",
    open: async () =>
      openSocket(
        (await endpoints()).telemetryEndpoint,
        { ...agent, cluster, containerInstance: containerInstanceArn, dockerVersion: engineVersion },
        signer,
      ),
    serve: async (connection) => {
      await serveTelemetry(connection, {
        health: tasks,
        clock,
        logger,
        random,
        newId: randomUUID,
        cluster,
        containerInstanceArn,
        signedHeaders: () =>
          signer.sign(
            { method: "GET", url: new URL(known?.telemetryEndpoint ?? "http://localhost"), headers: {} },
            "ecs",
          ),
      });
      return undefined;
    },
    backOff: backOffs.telemetry,
    clock,
    logger,
    random,
    signal,
  });
  await Promise.all([work, telemetry]);
}
