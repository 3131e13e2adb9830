import type { TaskCredentials } from "../credentials/task-credentials.ts";
import { isInternal, type KnownTask, networkModeOf } from "../engine/known-task.ts";
import type { ContainerRuntime } from "../runtime/container-runtime.ts";
import { type Answer, json, notFound, plain, type Question } from "./answer.ts";
import type { AuditLog } from "./audit-log.ts";
import { detailsOfTask } from "./container-details-of.ts";
import { containerMetadata, type MetadataVersion } from "./container-metadata.ts";
import { credentialsAnswer, credentialsIdIn, isPending } from "./credentials-answer.ts";
import type { Asker, EndpointIds } from "./endpoint-ids.ts";
import { faultAnswer } from "./fault-injection.ts";
import type { RecentStats } from "./recent-stats.ts";
import { type Place, type Tags, taskMetadata } from "./task-metadata.ts";
import { type CallAs, taskProtectionAnswer } from "./task-protection.ts";

export interface TaskEndpointsDependencies {
  readonly tasks: () => readonly KnownTask[];
  readonly ids: EndpointIds;
  readonly credentials: TaskCredentials;
  readonly runtime: Pick<ContainerRuntime, "details">;
  readonly stats: RecentStats;
  readonly audit: Pick<AuditLog, "write">;
  readonly place: () => Place;
  /** Tags of a task and of this container instance. */
  readonly tags: (taskArn: string) => Promise<Tags>;
  readonly callAs: CallAs;
}

/** What stands before the error in each version's answers. Source: agent protocol §6.2. */
type Subject = "container metadata" | "task metadata" | "container stats" | "task stats" | "container associations";

/**
 * The endpoints that containers ask under 169.254.170.2: credentials, metadata, statistics, task protection.
 * Source: agent protocol §6.2.
 */
export class TaskEndpoints {
  readonly #deps: TaskEndpointsDependencies;

  constructor(deps: TaskEndpointsDependencies) {
    this.#deps = deps;
  }

  /** Whether this agent is the one to ask. Of several on a machine only one is reached, and hands questions on. */
  knows(question: Question): boolean {
    const { tasks, ids, credentials } = this.#deps;
    const credentialsId = credentialsIdIn(question);
    if (credentialsId !== undefined) {
      return credentials.find(credentialsId) !== undefined || isPending(tasks(), credentialsId);
    }
    const [, version = "", id = ""] = question.path.split("/");
    if (version === "v2") return this.#taskAt(question.clientAddress) !== undefined;
    return ids.find(id) !== undefined;
  }

  async answer(question: Question): Promise<Answer> {
    const credentialsId = credentialsIdIn(question);
    if (credentialsId !== undefined) {
      const { credentials, tasks, audit } = this.#deps;
      const { answer, entry } = credentialsAnswer(credentialsId, question, credentials, tasks());
      audit.write(entry);
      return answer;
    }
    const [, room = "", id = "", ...rest] = question.path.split("/");
    switch (room) {
      case "v2":
        return this.#byAddress([id, ...rest].filter(Boolean), question);
      case "v3":
      case "v4":
        return this.#byId(room === "v3" ? 3 : 4, id, rest);
      case "api":
        return this.#api(question, id, rest.join("/"));
      default:
        return notFound;
    }
  }

  async #byId(version: 3 | 4, id: string, rest: readonly string[]): Promise<Answer> {
    const asker = this.#deps.ids.find(id);
    const [first, ...more] = rest;
    if (first === "associations" && more[0] !== undefined) return this.#associations(version, asker, id, more);
    const what = rest.filter(Boolean).join("/");
    const subject = Object.hasOwn(subjects, what) ? subjects[what] : undefined;
    if (subject === undefined) return notFound;
    if (asker?.container.runtimeId === undefined) return unknownId(version, subject, id);
    switch (what) {
      case "":
        return this.#container(asker.task, asker.container.runtimeId, version);
      case "stats":
        return json(await this.#statsOf(asker.container.runtimeId, version));
      case "task/stats":
        return json(await this.#statsOfTask(asker.task, version));
      default:
        return this.#task(asker.task, version, what === "taskWithTags");
    }
  }

  async #byAddress(rest: readonly string[], { clientAddress }: Question): Promise<Answer> {
    const [what = "", containerId] = rest;
    const isMetadata = what === "metadata" || what === "metadataWithTags";
    if ((!isMetadata && what !== "stats") || rest.length > 2) return notFound;
    const task = this.#taskAt(clientAddress);
    if (task === undefined) {
      return json(`Unable to get task arn from request: unable to associate '${clientAddress}' with task`, 400);
    }
    const isOfTask = task.containers.some(({ runtimeId }) => runtimeId === containerId);
    if (containerId !== undefined && !isOfTask) {
      return json(`Unable to generate metadata for container '${containerId}'`, 400);
    }
    if (isMetadata) {
      return containerId === undefined
        ? this.#task(task, 2, what === "metadataWithTags")
        : this.#container(task, containerId, 2);
    }
    return json(await (containerId === undefined ? this.#statsOfTask(task, 2) : this.#statsOf(containerId, 2)));
  }

  /** The awsvpc task that has the address. */
  #taskAt(address: string): KnownTask | undefined {
    return this.#deps
      .tasks()
      .find(
        ({ payload, desiredStatus }) =>
          desiredStatus === "RUNNING" &&
          networkModeOf(payload) === "awsvpc" &&
          payload.elasticNetworkInterfaces?.some(({ ipv4Addresses }) =>
            ipv4Addresses.some(({ privateAddress }) => privateAddress === address),
          ),
      );
  }

  async #container(task: KnownTask, runtimeId: string, version: MetadataVersion): Promise<Answer> {
    const details = await this.#deps.runtime.details(runtimeId);
    const known = task.containers.find((container) => container.runtimeId === runtimeId);
    if (details === undefined || known === undefined) {
      return json(`unable to generate metadata for container '${runtimeId}'`, 500);
    }
    return json(containerMetadata(task, known, details, version));
  }

  async #task(task: KnownTask, version: MetadataVersion, withTags: boolean): Promise<Answer> {
    const { runtime, place, tags } = this.#deps;
    const [details, known] = await Promise.all([
      detailsOfTask(runtime, task),
      withTags ? tags(task.arn) : Promise.resolve(undefined),
    ]);
    return json(taskMetadata(task, details, place(), version, known));
  }

  /** @returns null for a container that does not run */
  async #statsOf(runtimeId: string, version: MetadataVersion): Promise<object | null> {
    const sample = await this.#deps.stats.sample(runtimeId);
    if (sample === undefined) return null;
    const { stats, rates } = sample;
    return version !== 4 || rates === undefined ? stats : { ...stats, network_rate_stats: rates };
  }

  async #statsOfTask({ containers }: KnownTask, version: MetadataVersion): Promise<object> {
    const created = containers.flatMap(({ runtimeId, name }) =>
      runtimeId === undefined || isInternal(name) ? [] : [runtimeId],
    );
    const stats = await Promise.all(created.map(async (id) => [id, (await this.#statsOf(id, version)) ?? {}] as const));
    return Object.fromEntries(stats);
  }

  #associations(version: 3 | 4, asker: Asker | undefined, id: string, rest: readonly string[]): Answer {
    if (asker === undefined) return unknownId(version, "container associations", id);
    const [type = "", name] = rest;
    const all = (asker.task.payload.associations ?? []).filter(
      (each) => each.type === type && each.containers.includes(asker.container.name),
    );
    if (!name) return json({ Associations: all.map((each) => each.name) });
    // The only kind there is, a GPU, has nothing but its name.
    if (all.some((each) => each.name === name)) return plain("");
    const why = `unable to get association from association type ${type} and association name ${name}`;
    return json(`V${version} container associations handler: ${why}`, 404);
  }

  async #api(question: Question, id: string, rest: string): Promise<Answer> {
    const asker = this.#deps.ids.find(id);
    if (rest === "task-protection/v1/state") {
      const { credentials, callAs, place } = this.#deps;
      return taskProtectionAnswer(question, asker?.task.arn, { credentials, callAs, cluster: place().cluster });
    }
    if (!rest.startsWith("fault/v1/")) return notFound;
    return faultAnswer(question.method, rest.slice("fault/v1/".length), asker?.task, id) ?? notFound;
  }
}

const subjects: Readonly<Record<string, Subject>> = {
  "": "container metadata",
  stats: "container stats",
  task: "task metadata",
  taskWithTags: "task metadata",
  "task/stats": "task stats",
};

function unknownId(version: number, subject: Subject, id: string): Answer {
  const [what, whose] = subject.startsWith("task") ? ["task arn", "task Arn"] : ["container ID", "docker ID"];
  const why = `unable to get ${what} from request: unable to get ${whose} from v3 endpoint ID: ${id}`;
  return json(`V${version} ${subject} handler: ${why}`, 404);
}
