import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import type { TaskCredentials } from "../credentials/task-credentials.ts";
import { type KnownTask } from "../engine/known-task.ts";
import type { TaskHook } from "../engine/task-hook.ts";
import type { Clock } from "../platform/clock.ts";
import type { Logger } from "../platform/logger.ts";
import type { ContainerRuntime } from "../runtime/container-runtime.ts";
import type { AgentState } from "../state/agent-state.ts";
import type { Question } from "./answer.ts";
import { AuditLog } from "./audit-log.ts";
import { EndpointIds } from "./endpoint-ids.ts";
import { environmentHook } from "./environment-hook.ts";
import { HostNetwork } from "./host/host-network.ts";
import { sharedDir } from "./host/shared-dir.ts";
import { SharedPort } from "./host/shared-port.ts";
import { AnswerServer } from "./http-server.ts";
import { introspect } from "./introspection.ts";
import { endpointRate, RateLimit } from "./rate-limit.ts";
import { RecentStats } from "./recent-stats.ts";
import { TaskEndpoints, type TaskEndpointsDependencies } from "./task-endpoints.ts";

export interface LocalEndpointsOptions extends Pick<TaskEndpointsDependencies, "tags" | "callAs"> {
  readonly tasks: () => readonly KnownTask[];
  readonly credentials: TaskCredentials;
  readonly state: AgentState;
  readonly runtime: Pick<ContainerRuntime, "details" | "stats">;
  /** The container engine's bridges on this machine. */
  readonly engineBridges: () => Promise<readonly string[]>;
  /** As configured; `default` for none. */
  readonly cluster: string;
  readonly dataDir: string;
  /** As `Hatoba ECS Agent - v1.0.0`. */
  readonly version: string;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Rules that somebody else has taken away are missed for so long at most, in milliseconds. */
const placeAgainMs = 60_000;

/** The two local servers of an agent: for the containers of its tasks, and for whoever is logged in on its machine. */
export class LocalEndpoints {
  /** Tells containers where to ask. */
  readonly hook: TaskHook;
  readonly #options: LocalEndpointsOptions;
  readonly #endpoints: TaskEndpoints;
  readonly #port: SharedPort;
  readonly #network: HostNetwork | undefined;
  readonly #introspection: AnswerServer;
  #isReached = true;
  #callOff: (() => void) | undefined;
  #placing: Promise<void> | undefined;

  constructor(options: LocalEndpointsOptions) {
    this.#options = options;
    const { tasks, credentials, state, runtime, cluster, dataDir, clock, logger, tags, callAs } = options;
    const ids = new EndpointIds(endpointKeyOf(state), tasks);
    this.#endpoints = new TaskEndpoints({
      tasks,
      ids,
      credentials,
      runtime,
      stats: new RecentStats(runtime),
      audit: new AuditLog({
        dataDir,
        clock,
        logger,
        cluster,
        containerInstanceArn: () => state.facts().containerInstanceArn ?? "",
      }),
      place: () => {
        const { zone } = state.facts();
        return { cluster, ...(zone === undefined ? {} : { zone }) };
      },
      tags,
      callAs,
    });
    const dir = sharedDir();
    const { engineBridges } = options;
    this.#network = dir === undefined ? undefined : new HostNetwork(dir, { engineBridges });
    this.#port = this.#sharedPort(dir);
    this.hook = environmentHook({ ids, prepare: async () => this.#network?.openBridges() });
    this.#introspection = new AnswerServer(
      (question) =>
        introspect(question, {
          tasks,
          runtime,
          cluster,
          containerInstanceArn: () => state.facts().containerInstanceArn,
          version: options.version,
          license: () => readFile(new URL("../../../../LICENSE", import.meta.url), "utf8"),
        }),
      logger,
    );
  }

  /** @param at where the introspection API is to be; absent: nowhere. Another agent may have the place; then it is not served. */
  async openIntrospection(at: { readonly host: string; readonly port: number } | undefined): Promise<void> {
    if (at === undefined) return;
    try {
      await this.#introspection.listen(at);
    } catch (error) {
      const { message } = error as Error;
      this.#options.logger.info({ reason: message }, "the introspection API is not served by this agent");
    }
  }

  /** Begins to serve containers. @returns whether those of every network reach the endpoints */
  async open(): Promise<boolean> {
    await this.#options.state.durable(); // the key of the ids
    try {
      if (this.#network === undefined) throw new Error("this user has no folder to meet other agents in");
      await this.#network.check();
    } catch (error) {
      this.#unreached((error as Error).message);
      return false;
    }
    const isServed = await this.#port.open();
    if (!isServed) this.#unreached("another program holds the port");
    return isServed && this.#isReached;
  }

  async close(): Promise<void> {
    await Promise.all([this.#port.close(), this.#introspection.close()]);
  }

  /** Told once at the start, and again when this agent becomes the one that serves and cannot be reached. */
  #unreached(reason: string): void {
    this.#isReached = false;
    this.#options.logger.warn({ reason }, "containers do not reach the task endpoints, and get no credentials");
  }

  /** Places the rules, and again every minute while this agent serves: whoever reloads a firewall takes them away. */
  #keepNetworkOpen(): Promise<void> {
    this.#placing = this.#openNetwork();
    this.#callOff = this.#options.clock.after(placeAgainMs, () => void this.#keepNetworkOpen());
    return this.#placing;
  }

  async #closeNetwork(isLast: boolean): Promise<void> {
    this.#callOff?.();
    await this.#placing;
    if (!isLast) return;
    await this.#network?.close().catch((error: unknown) => {
      this.#options.logger.warn({ err: error }, "the rules of the task endpoints could not be taken away");
    });
  }

  async #openNetwork(): Promise<void> {
    try {
      await this.#network?.open();
      this.#isReached = true;
    } catch (error) {
      if (this.#isReached) this.#unreached((error as Error).message);
    }
  }

  #sharedPort(dir: string | undefined): SharedPort {
    const { state, clock, logger } = this.#options;
    const rate = new RateLimit(clock);
    return new SharedPort({
      dir,
      agentId: state.facts().agentId,
      knows: (question) => this.#endpoints.knows(question),
      answer: (question) => this.#endpoints.answer(question),
      limit: (question) => ({ admits: rate.admits(limitKey(question)), headers: limitHeaders(question) }),
      onHeld: () => this.#keepNetworkOpen(),
      onLetGo: (isLast) => this.#closeNetwork(isLast),
      logger,
    });
  }
}

const limitKey = ({ clientAddress, path }: Question) => `${clientAddress}|${path}`;

/** Of every answer. Source: agent protocol §6.2. */
const limitHeaders = ({ client }: Question) => ({
  "x-rate-limit-limit": endpointRate.perSecond.toFixed(2),
  "x-rate-limit-duration": "1",
  "x-rate-limit-request-forwarded-for": "",
  "x-rate-limit-request-remote-addr": client,
});

function endpointKeyOf(state: AgentState): string {
  const known = state.facts().endpointKey;
  if (known !== undefined) return known;
  const endpointKey = randomBytes(32).toString("hex");
  state.setFacts({ endpointKey });
  return endpointKey;
}
