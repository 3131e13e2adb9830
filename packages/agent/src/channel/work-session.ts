import {
  type ChannelTask,
  type Connection,
  decodeFrame,
  encodeFrame,
  type ManifestEntry,
  type OpenSessionMessage,
} from "@hatoba/contract";
import type { Clock } from "../platform/clock.ts";
import type { Logger } from "../platform/logger.ts";
import type { AssignmentHandler, CredentialsHandler, CredentialsReceipt } from "./assignment-handler.ts";

export interface WorkSessionDependencies {
  readonly handler: AssignmentHandler;
  readonly credentials?: CredentialsHandler;
  /** Begins to serve a session, and does not wait for its end. Without it, none is served here. */
  readonly openSession?: (message: OpenSessionMessage) => void;
  readonly clock: Clock;
  readonly logger: Logger;
  /** 0…1; spreads the agents' timers. */
  readonly random: () => number;
}

/** In milliseconds. Source: agent protocol, section 3.3. */
const limits = { silence: 60_000, silenceSpread: 60_000, age: 30 * 60_000, ageSpread: 5 * 60_000 } as const;

/**
 * Serves one connection with the control plane until it ends: takes payloads and manifests, acknowledges what has been
 * stored, answers heartbeats. Messages but heartbeats are handled one after another, in their order.
 * @returns the close code and reason
 */
export async function serveWork(
  connection: Connection,
  { handler, credentials, openSession, clock, logger, random }: WorkSessionDependencies,
): Promise<{ readonly code: number; readonly reason: string }> {
  const { promise, resolve } = Promise.withResolvers<{ code: number; reason: string }>();
  let queue: Promise<void> = Promise.resolve();
  let callOffSilence = () => {};
  const listen = () => {
    callOffSilence();
    const patience = limits.silence + random() * limits.silenceSpread;
    callOffSilence = clock.after(patience, () => connection.close(1001, "No message for too long"));
  };
  const callOffAge = clock.after(limits.age + random() * limits.ageSpread, () =>
    connection.close(1000, "ConnectionExpired: Reconnect to continue"),
  );
  connection.onClose((code, reason) => {
    callOffSilence();
    callOffAge();
    resolve({ code, reason });
  });
  connection.onMessage((text) => {
    const decoded = decodeFrame(text);
    if (decoded.is !== "frame") {
      logger.warn({ frame: decoded }, "message of the control plane left aside");
      return;
    }
    listen();
    if (decoded.frame.type === "HeartbeatMessage") {
      // At once, however long what came before takes: it says that this agent is there.
      const { messageId } = decoded.frame.message;
      return connection.send(encodeFrame({ type: "HeartbeatAckRequest", message: { messageId } }));
    }
    queue = queue
      .then(() => handle(decoded.frame))
      .catch((error: unknown) => logger.error({ err: error }, "message not handled"));
  });
  listen();
  return await promise;

  async function handle({
    type,
    message,
  }: Extract<ReturnType<typeof decodeFrame>, { is: "frame" }>["frame"]): Promise<void> {
    switch (type) {
      case "HeartbeatMessage":
        return;
      case "PayloadMessage": {
        const taken = credentials?.take(message.tasks.filter(isTask));
        await handler.assign(taken?.tasks ?? message.tasks.filter(isTask), message.seqNum ?? 0);
        acknowledge(message);
        // Also the one of a payload is acknowledged by itself. Source: agent protocol, section 3.7.
        return acknowledgeCredentials(message.messageId, taken?.receipts ?? []);
      }
      case "IAMRoleCredentialsMessage": {
        const receipt = credentials?.update(message);
        return acknowledgeCredentials(message.messageId, receipt === undefined ? [] : [receipt]);
      }
      case "TaskManifestMessage": {
        const comparison = await handler.compare(message.tasks, message.timeline);
        if (comparison.outdated) return;
        acknowledge(message);
        if (comparison.stopCandidates.length === 0) return;
        const stopCandidates = comparison.stopCandidates.map(
          ({ taskArn }): ManifestEntry => ({
            taskArn,
            taskClusterArn: message.clusterArn,
            desiredStatus: "STOPPED",
          }),
        );
        return connection.send(
          encodeFrame({
            type: "TaskStopVerificationMessage",
            message: { messageId: message.messageId, stopCandidates },
          }),
        );
      }
      case "OpenSessionMessage":
        openSession?.(message);
        return acknowledge(message);
      case "TaskStopVerificationAck":
        return await handler.stop(message.stopTasks.map(({ taskArn }) => taskArn));
      case "StageUpdateMessage":
      case "PerformUpdateMessage":
        // Whoever runs the machine updates it.
        return connection.send(
          encodeFrame({
            type: "NackRequest",
            message: {
              cluster: message.clusterArn,
              containerInstance: message.containerInstanceArn,
              messageId: message.messageId,
              reason: "Updates are disabled",
            },
          }),
        );
      case "AttachTaskNetworkInterfacesMessage":
      case "ConfirmAttachmentMessage":
        // What a task needs of this comes with its payload.
        return acknowledge(message);
      case "AckRequest":
      case "NackRequest":
      case "HeartbeatAckRequest":
      case "TaskStopVerificationMessage":
      case "IAMRoleCredentialsAckRequest":
        return logger.warn({ type }, "message for the other side left aside");
    }
  }

  function acknowledgeCredentials(messageId: string, receipts: readonly CredentialsReceipt[]): void {
    for (const { credentialsId, expiration } of receipts) {
      const receipt = { messageId, credentialsId, expiration };
      connection.send(encodeFrame({ type: "IAMRoleCredentialsAckRequest", message: receipt }));
    }
  }

  function acknowledge(message: { clusterArn: string; containerInstanceArn: string; messageId: string }): void {
    const { clusterArn: cluster, containerInstanceArn: containerInstance, messageId } = message;
    connection.send(encodeFrame({ type: "AckRequest", message: { cluster, containerInstance, messageId } }));
  }
}

/** A payload's entry without an ARN or containers can only be left out. */
const isTask = ({ arn, containers }: Partial<ChannelTask>): boolean =>
  typeof arn === "string" && Array.isArray(containers);
