import { randomUUID } from "node:crypto";
import type { OpenSessionMessage } from "@hatoba/contract";
import type { AssignmentHandler, CredentialsHandler } from "./channel/assignment-handler.ts";
import { backOffs } from "./channel/back-off.ts";
import type {
  ControlPlane,
  HealthSource,
  InstanceStatusSource,
  MetricsSource,
  PollEndpoints,
} from "./channel/control-plane.ts";
import { type OpenLink, openSessionLink } from "./channel/session-link.ts";
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
  readonly credentials?: CredentialsHandler;
  /** Absent: what containers use is not told. */
  readonly metrics?: MetricsSource;
  readonly instanceStatus?: InstanceStatusSource;
  /** Serves the session that a message asks for, over a link that is opened when it is wanted. Absent: none is served. */
  readonly serveSession?: (message: OpenSessionMessage, openLink: OpenLink) => void;
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
  const { controlPlane, tasks, credentials, signer, cluster, containerInstanceArn, agentVersion, engineVersion } =
    options;
  const { serveSession, clock, logger, signal } = options;
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
      const openLink: OpenLink = (sessionId, token) =>
        openSessionLink({ endpoint: known?.endpoint ?? "", sessionId, token, containerInstanceArn, signer, clock });
      const openSession = (message: OpenSessionMessage) => serveSession?.(message, openLink);
      return serveWork(connection, {
        handler: tasks,
        ...(credentials === undefined ? {} : { credentials }),
        openSession,
        clock,
        logger,
        random,
      });
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
        ...(options.metrics === undefined ? {} : { metrics: options.metrics }),
        ...(options.instanceStatus === undefined ? {} : { instanceStatus: options.instanceStatus }),
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
