import { setTimeout as wait } from "node:timers/promises";
import { JsonApi } from "../../packages/agent/src/channel/json-api.ts";
import type { House } from "./fleet.ts";
import { onOrder } from "./measured-process.ts";
import { quickSigner } from "./quick-signer.ts";

// A process that asks the ECS API so many things a second, whatever becomes of what it asked before.

/** Answered with the milliseconds of each request, by operation. */
export interface Load extends House {
  readonly seconds: number;
  readonly perSecond: number;
  /** What is asked about. */
  readonly taskArns: readonly string[];
  readonly services: readonly string[];
  readonly containerInstanceArns: readonly string[];
}
export interface LoadFound {
  readonly milliseconds: Readonly<Record<string, readonly number[]>>;
  readonly failures: readonly string[];
}

onOrder<Load>(async (load): Promise<LoadFound> => {
  const api = new JsonApi({
    endpoint: load.endpoint,
    signer: quickSigner(load.credentials, load.region),
    userAgent: "bench",
  });
  const milliseconds: Record<string, number[]> = {};
  const failures: string[] = [];
  const mix = requestsOf(load);
  const [began, total] = [performance.now(), load.seconds * load.perSecond];
  const all: Promise<void>[] = [];
  for (let sent = 0; sent < total; sent++) {
    // From the time that it was due: a server that stalls does not hide the requests that it kept waiting.
    const due = began + (sent * 1000) / load.perSecond;
    if (due > performance.now()) await wait(due - performance.now());
    const { operation, input, answered } = mix(sent);
    const times = (milliseconds[operation] ??= []);
    all.push(
      api.call("ecs", "AmazonEC2ContainerServiceV20141113", operation, input).then(
        (answer) => {
          times.push(performance.now() - due);
          answered?.(answer);
        },
        (error: unknown) => void failures.push(`${operation}: ${String(error)}`),
      ),
    );
  }
  await Promise.all(all);
  api.close();
  return { milliseconds, failures };
});

interface Request {
  readonly operation: string;
  readonly input: object;
  readonly answered?: (answer: unknown) => void;
}

/** Twenty requests in turn: mostly questions, as consoles, dashboards and deployments put them; one task started and one stopped. */
function requestsOf({ taskArns, services, containerInstanceArns }: Load): (number: number) => Request {
  const started: string[] = [];
  const some = (all: readonly string[], from: number, count: number) =>
    Array.from({ length: Math.min(count, all.length) }, (_, index) => all[(from * 7 + index * 13) % all.length] ?? "");
  let page: string | undefined;
  return (number) => {
    const turn = number % 20;
    if (turn % 5 < 2) return { operation: "DescribeTasks", input: { tasks: some(taskArns, number, 10) } };
    switch (turn) {
      case 2:
        return {
          operation: "ListTasks",
          input: page === undefined ? {} : { nextToken: page },
          answered: (answer) => {
            page = (answer as { readonly nextToken?: string }).nextToken;
          },
        };
      case 3:
        return { operation: "ListTasks", input: { serviceName: some(services, number, 1)[0] } };
      case 4:
        return { operation: "ListTasks", input: { containerInstance: some(containerInstanceArns, number, 1)[0] } };
      case 7:
      case 8:
      case 9:
        return { operation: "DescribeServices", input: { services: some(services, number, 10) } };
      case 12:
      case 13:
        return {
          operation: "DescribeContainerInstances",
          input: { containerInstances: some(containerInstanceArns, number, 5) },
        };
      case 14:
        return { operation: "ListContainerInstances", input: {} };
      case 17:
        return {
          operation: "RunTask",
          input: { taskDefinition: "web" },
          answered: (answer) => {
            const { tasks = [] } = answer as { readonly tasks?: readonly { readonly taskArn: string }[] };
            for (const { taskArn } of tasks) started.push(taskArn);
          },
        };
      case 18: {
        const task = started.shift();
        return task === undefined
          ? { operation: "DescribeClusters", input: { clusters: ["default"] } }
          : { operation: "StopTask", input: { task } };
      }
      default:
        return { operation: "ListServices", input: {} };
    }
  };
}
