import type { IdSource } from "../platform/ids.ts";
import type { Logger } from "../platform/logger.ts";
import { NotFoundError, type Store } from "../store/store.ts";
import { update } from "../store/update.ts";
import { nextUpdateStatus, type UpdateEvent, updateMessageOf } from "./agent-update-steps.ts";
import type { SessionLine } from "./session-line.ts";

export interface AgentUpdatingDependencies {
  readonly line: SessionLine;
  readonly store: Store;
  readonly ids: IdSource;
  readonly logger: Logger;
}

/** How long an agent may take to fetch a release, and to be there again with it; milliseconds. */
const patience = 10 * 60_000;

/**
 * Takes one agent through an update that UpdateContainerAgent asked for: has it fetch the release, then change to it. Each message
 * is sent once for each connection, since an agent takes a second one for another update. Source: agent protocol, section 3.10.
 */
export class AgentUpdating {
  private readonly deps: AgentUpdatingDependencies;
  /** The message that waits for an answer, and what it was. */
  private waiting: { readonly messageId: string; readonly type: string } | undefined;

  constructor(deps: AgentUpdatingDependencies) {
    this.deps = deps;
  }

  /** @param restarted the connection is the first one of a new process */
  start(restarted: boolean): void {
    if (restarted && this.known()?.status === "UPDATING") this.happened("restarted");
    else this.notice();
  }

  /** The container instance has changed. */
  notice(): void {
    const { line, ids } = this.deps;
    const known = this.known();
    const type = known && updateMessageOf(known.status);
    // That update is over: the next one begins with the same message.
    if (type === undefined) this.waiting = undefined;
    if (known === undefined || type === undefined || this.waiting?.type === type) return;
    const messageId = ids.uuid();
    this.waiting = { messageId, type };
    const updateInfo = { location: known.location, signature: known.sha256 };
    line.send({ type, message: { ...line.instance, messageId, updateInfo } });
    line.later(patience, () => {
      if (this.waiting?.messageId === messageId) this.happened("refused");
    });
    this.happened("said");
  }

  acknowledged(messageId: string): void {
    if (messageId === this.waiting?.messageId) this.happened("done");
  }

  refused(messageId: string): void {
    if (messageId === this.waiting?.messageId) this.happened("refused");
  }

  private known() {
    const { store, line } = this.deps;
    return store.snapshot().get("containerInstance", line.instance.containerInstanceArn)?.value.agentUpdate;
  }

  private happened(event: UpdateEvent): void {
    const { store, line, logger } = this.deps;
    const { containerInstanceArn } = line.instance;
    void update(store, "containerInstance", containerInstanceArn, (instance) => {
      const { agentUpdate } = instance;
      const status = agentUpdate && nextUpdateStatus(agentUpdate.status, event);
      if (agentUpdate === undefined || status === undefined || status === agentUpdate.status) return instance;
      return { ...instance, agentUpdate: { ...agentUpdate, status } };
    }).catch((error: unknown) => {
      if (!(error instanceof NotFoundError)) logger.error({ err: error, containerInstanceArn }, "update not kept");
    });
  }
}
