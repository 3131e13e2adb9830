import type { ChannelTask, OpenSessionMessage } from "@hatoba/contract";
import type { OpenLink } from "../channel/session-link.ts";
import type { CreatedContainer, TaskHook } from "../engine/task-hook.ts";
import type { Clock } from "../platform/clock.ts";
import type { Logger } from "../platform/logger.ts";
import type { ContainerExec, RunningProgram, TerminalSize } from "../runtime/container-exec.ts";
import { endProcessSession, processFacts } from "../runtime/end-processes.ts";
import { runInContainer } from "./container-command.ts";
import type { HostShell } from "./host-shell.ts";
import type { SessionJournal } from "./journal.ts";
import type { PortRelay } from "./port-relay.ts";
import { SessionRefusal, serveSession } from "./serve-session.ts";

export interface SessionsDependencies {
  readonly exec: ContainerExec;
  readonly journal: SessionJournal;
  readonly ports: PortRelay;
  /** Absent: this machine offers no shell, and no ports of its own. */
  readonly hostShell?: HostShell;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Of a running container of a task; undefined if there is none. */
  runtimeIdOf(taskArn: string, containerName: string): string | undefined;
}

interface Open {
  readonly target: OpenSessionMessage["target"];
  readonly ending: AbortController;
  readonly over: Promise<void>;
}

/**
 * The sessions that lead to this machine: commands and shells in containers, shells of the machine itself, forwarded ports.
 * Each lives as long as its link, its task and this process.
 */
export class Sessions implements TaskHook {
  readonly #deps: SessionsDependencies;
  readonly #open = new Map<string, Open>();
  #isClosing = false;

  constructor(deps: SessionsDependencies) {
    this.#deps = deps;
  }

  /** Ends what an earlier process of this agent has left running. */
  async endLeftovers(): Promise<void> {
    const { journal, exec, logger } = this.#deps;
    for (const { id, leftover } of journal.leftovers()) {
      logger.warn({ messageId: id }, "ending a session that was left running");
      try {
        if (leftover?.type === "exec") await exec.end(leftover);
        if (leftover?.type === "process" && processFacts(leftover.pid)?.startTime === leftover.startTime)
          await endProcessSession(leftover.pid);
        journal.strike(id);
      } catch (error) {
        logger.warn({ err: error, messageId: id }, "it could not be ended");
      }
    }
  }

  /**
   * Serves a link of a session until it ends; a session that forwards a port may have one after another. Asked twice by the
   * same message, it does nothing. Never rejects.
   */
  async serve(message: OpenSessionMessage, openLink: OpenLink): Promise<void> {
    const { messageId, target } = message;
    if (this.#open.has(messageId) || this.#isClosing) return;
    const ending = new AbortController();
    const over = this.#serve(message, openLink, ending.signal);
    this.#open.set(messageId, { target, ending, over });
    await over;
    this.#open.delete(messageId);
  }

  /** The end of a task is wanted: its sessions do not wait until its containers have ended. */
  stopping(task: ChannelTask): void {
    this.#endThose(({ taskArn }) => taskArn === task.arn, "The task is being stopped.");
  }

  stopped({ task, container }: CreatedContainer): void {
    const isHere = (target: { taskArn: string; containerName: string }) =>
      target.taskArn === task.arn && target.containerName === container.name;
    this.#endThose(isHere, "The container has stopped.");
  }

  /** Ends all sessions; they do not outlive the agent. */
  async close(): Promise<void> {
    this.#isClosing = true;
    const open = [...this.#open.values()];
    for (const { ending } of open) ending.abort(new SessionRefusal("The agent has stopped."));
    await Promise.all(open.map(({ over }) => over));
  }

  #endThose(isMeant: (target: { taskArn: string; containerName: string }) => boolean, reason: string): void {
    for (const { target, ending } of this.#open.values())
      if (target.type === "container" && isMeant(target)) ending.abort(new SessionRefusal(reason));
  }

  async #serve(message: OpenSessionMessage, openLink: OpenLink, signal: AbortSignal): Promise<void> {
    const { clock, journal, logger } = this.#deps;
    const { sessionId, messageId, run } = message;
    const fields = { sessionId, target: message.target, run: run.type };
    try {
      const link = await openLink(sessionId, message.token);
      logger.info(fields, "session opened");
      const terminal = run.type === "command" && run.terminal;
      const refused = () => link.send({ kind: "portRefused" });
      const start = (size: TerminalSize | undefined) => this.#start(message, size, refused);
      const end = await serveSession({ link, terminal, start, signal, clock });
      logger.info({ ...fields, ...end }, "session ended");
      journal.strike(messageId);
    } catch (error) {
      // What may still run stays in the journal, and is ended by the next process.
      logger.error({ ...fields, err: error }, "session failed");
    }
  }

  async #start(
    { sessionId, messageId, target, run }: OpenSessionMessage,
    size: TerminalSize | undefined,
    onRefused: () => void,
  ): Promise<RunningProgram> {
    const { exec, journal, ports, hostShell } = this.#deps;
    const note = (pid: number) => {
      const startTime = processFacts(pid)?.startTime;
      if (startTime !== undefined) journal.note(messageId, { type: "process", pid, startTime });
    };
    if (target.type === "host") {
      if (hostShell === undefined) {
        const text = "This container instance offers no shell: its agent was started without --host-shell.";
        throw new SessionRefusal(text);
      }
      if (run.type === "port") return ports.open({ ...run, onRefused, onStarted: note });
      return hostShell.open({ ...run, size, onStarted: note });
    }
    const containerId = this.#deps.runtimeIdOf(target.taskArn, target.containerName);
    if (containerId === undefined) throw new SessionRefusal("The container does not run on this container instance.");
    if (run.type === "port") {
      const inside = await exec.look(containerId);
      if (inside === undefined) throw new SessionRefusal("The container does not run any more.");
      return ports.open({ ...run, inside, onRefused, onStarted: note });
    }
    const mark = sessionId.replace(/[^A-Za-z0-9-]/g, "-");
    return runInContainer(exec, { ...run, containerId, mark }, size, (execId) =>
      journal.note(messageId, { type: "exec", containerId, execId, mark }),
    );
  }
}
