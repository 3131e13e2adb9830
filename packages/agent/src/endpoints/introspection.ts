import { isInternal, type KnownContainer, type KnownTask, networkModeOf } from "../engine/known-task.ts";
import { taskStatus } from "../engine/task-status.ts";
import type { ContainerDetails } from "../runtime/container-details.ts";
import type { ContainerRuntime } from "../runtime/container-runtime.ts";
import { type Answer, json, notFound, plain, type Question } from "./answer.ts";
import { detailsOfTask } from "./container-details-of.ts";
import { type DetailsByName, ifAny, type Json } from "./container-metadata.ts";
import { networksOf } from "./network-metadata.ts";

export interface IntrospectionDependencies {
  readonly tasks: () => readonly KnownTask[];
  readonly runtime: Pick<ContainerRuntime, "details">;
  /** As configured. */
  readonly cluster: string;
  /** Undefined until the machine is registered. */
  readonly containerInstanceArn: () => string | undefined;
  readonly version: string;
  /** @throws Error if the text is not there */
  readonly license: () => Promise<string>;
}

/** What the agent says of itself to whoever is logged in on its machine. Source: agent protocol §6.1. */
export async function introspect(question: Question, deps: IntrospectionDependencies): Promise<Answer> {
  switch (question.path.replace(/\/$/, "")) {
    case "":
      return json({ AvailableCommands: ["/v1/metadata", "/v1/tasks", "/license"] });
    case "/v1/metadata":
      return json({
        Cluster: deps.cluster,
        ContainerInstanceArn: deps.containerInstanceArn() ?? null,
        Version: deps.version,
      });
    case "/v1/tasks":
      return tasksAnswer(question.query, deps);
    case "/license":
      return deps.license().then(plain, () => plain("", 500));
    default:
      return notFound;
  }
}

const noTask = { Arn: "", KnownStatus: "", Family: "", Version: "", Containers: null };

async function tasksAnswer(query: URLSearchParams, { tasks, runtime }: IntrospectionDependencies): Promise<Answer> {
  const shown = async (task: KnownTask) => introspectedTask(task, await detailsOfTask(runtime, task));
  const [arn, dockerId] = [query.get("taskarn"), query.get("dockerid")];
  if (arn !== null && dockerId !== null) {
    return plain("Request contains both dockerid and taskarn. Expect at most one of these.", 400);
  }
  if (arn === null && dockerId === null) return json({ Tasks: await Promise.all(tasks().map(shown)) });
  const found = tasks().filter((task) =>
    arn === null
      ? task.containers.some(({ runtimeId }) => dockerId !== null && dockerId !== "" && runtimeId?.startsWith(dockerId))
      : task.arn === arn,
  );
  const [task] = found;
  return task === undefined || found.length > 1 ? json(noTask, 404) : json(await shown(task));
}

/** A task as the introspection API shows it, members in the order of the genuine agent. */
export function introspectedTask(task: KnownTask, details: DetailsByName): Json {
  const { payload } = task;
  const status = taskStatus(task);
  return {
    Arn: task.arn,
    DesiredStatus: task.desiredStatus,
    KnownStatus: status,
    Family: payload.family,
    Version: payload.version,
    Containers: task.containers.flatMap((known) => {
      const seen = details.get(known.name);
      return seen === undefined || isInternal(known.name) ? [] : [introspectedContainer(task, known, seen)];
    }),
  };
}

function introspectedContainer(task: KnownTask, known: KnownContainer, details: ContainerDetails): Json {
  const image = task.payload.containers.find(({ name }) => name === known.name)?.image ?? "";
  const isAwsvpc = networkModeOf(task.payload) === "awsvpc";
  return {
    DockerId: details.id,
    DockerName: details.name,
    Name: known.name,
    Image: image,
    ImageID: details.imageId,
    CreatedAt: details.createdAt,
    StartedAt: details.startedAt,
    Ports: ifAny(
      details.ports.map(({ containerPort, protocol, hostPort }) => ({
        ContainerPort: containerPort,
        Protocol: protocol,
        HostPort: hostPort,
      })),
    ),
    Networks: isAwsvpc ? networksOf(task, details, false) : undefined,
    Volumes: ifAny(
      details.mounts.map(({ name, source, target }) => ({ DockerName: name, Source: source, Destination: target })),
    ),
  };
}
