import { setTimeout as wait } from "node:timers/promises";
import { CreateClusterCommand, DescribeClustersCommand, ListContainerInstancesCommand } from "@aws-sdk/client-ecs";
import { buildImage } from "@hatoba/agent";
import { engineClient } from "../engine/engine.ts";
import { prepareEngine } from "../engine/prepare-engine.ts";
import {
  answers,
  type Choices,
  defaultChoices,
  endpointOf,
  ensureProcess,
  lastLines,
  processNames,
  readChoices,
  waitForControlPlane,
  writeChoices,
} from "../house/house.ts";
import { type Layout, layoutOf } from "../house/layout.ts";
import { runningProcess } from "../house/processes.ts";
import { findBusybox } from "../sample/busybox.ts";
import {
  deploySample,
  ecsClient,
  sampleImage,
  sampleLogGroup,
  samplePage,
  sampleService,
  waitForSample,
} from "../sample/sample.ts";
import { runSteps, type Step } from "../terminal/steps.ts";
import { UserError } from "../terminal/user-error.ts";

export interface UpOptions extends Partial<Choices> {
  readonly dataDir?: string;
  readonly sample: boolean;
}

/** `hatoba up`: everything that is missing for a running house, in order; what is there already is left as it is. */
export async function up({ dataDir, sample, ...chosen }: UpOptions): Promise<void> {
  const layout = layoutOf(dataDir);
  const choices = decideChoices(layout, chosen);
  let url: string | undefined;
  const steps: Step[] = [
    { title: "Container engine", run: async (say) => `Docker Engine ${await prepareEngine(layout, say)}` },
    { title: "Control plane", run: () => startControlPlane(layout, choices) },
    { title: "Agent", run: (say) => startAgents(layout, choices, say) },
  ];
  if (sample) {
    steps.push({
      title: "Sample service",
      run: async (say) => {
        url = await runSample(layout, choices, say);
        return `serves at ${url}`;
      },
    });
  }
  if (!choices.tls && choices.tlsCert === undefined && !isLoopback(choices.listen)) {
    console.warn(
      `Warning: ${choices.listen} is open to other machines without TLS: keys, environments and logs can be read on the way.\n` +
        "         Use --tls, unless that network is yours alone.",
    );
  }
  await runSteps(steps);
  console.log(farewell(choices, layout, url, dataDir));
}

const isLoopback = (listen: string) => /^(127\.|localhost:|\[::1\]:)/.test(listen);

function decideChoices(layout: Layout, chosen: Partial<Choices>): Choices {
  const before = readChoices(layout);
  const given = Object.fromEntries(Object.entries(chosen).filter(([, value]) => value !== undefined));
  const choices = { ...defaultChoices, ...before, ...given };
  const running = runningProcess(layout, "control-plane") !== undefined;
  if (running && before !== undefined && JSON.stringify(before) !== JSON.stringify(choices)) {
    throw new UserError("This house runs with other settings. Run `./hatoba down` first, then `up` with the new ones.");
  }
  return choices;
}

async function startControlPlane(layout: Layout, choices: Choices): Promise<string> {
  if (runningProcess(layout, "control-plane") === undefined && (await answers(choices))) {
    throw new UserError(
      `Another Hatoba already listens on ${choices.listen}. Stop it, or choose another address with --listen.`,
    );
  }
  ensureProcess(layout, choices, "control-plane");
  await waitForControlPlane(layout, choices);
  writeChoices(layout, choices); // only once they have proved to work
  return endpointOf(choices);
}

async function startAgents(layout: Layout, choices: Choices, say: (doing: string) => void): Promise<string> {
  const client = ecsClient(layout, choices);
  const { clusters = [] } = await client.send(new DescribeClustersCommand({ clusters: ["default"] }));
  if (clusters[0]?.status !== "ACTIVE") await client.send(new CreateClusterCommand({ clusterName: "default" }));
  ensureProcess(layout, choices, "agent");
  ensureProcess(layout, choices, "agent-fargate");
  say("waiting until it has joined the cluster default");
  for (const deadline = Date.now() + 30_000; ; await wait(50)) {
    const { containerInstanceArns = [] } = await client.send(
      new ListContainerInstancesCommand({ filter: "agentConnected == true" }),
    );
    if (containerInstanceArns.length > 0) return "this machine is a container instance of the cluster default";
    const gone = (["agent", "agent-fargate"] as const).find((name) => runningProcess(layout, name) === undefined);
    if (gone !== undefined) throw new UserError(`The agent stopped at once.\n${lastLines(layout, gone)}`);
    if (Date.now() > deadline) throw new UserError(`The agent does not join.\n${lastLines(layout, "agent")}`);
  }
}

async function runSample(layout: Layout, choices: Choices, say: (doing: string) => void): Promise<string> {
  const client = ecsClient(layout, choices);
  const engine = engineClient();
  const built = await engine
    .getImage(sampleImage)
    .inspect()
    .then(
      () => true,
      () => false,
    );
  if (!built) {
    const busybox = await findBusybox(layout, say);
    say("building its image");
    await buildImage(engine, { tag: sampleImage, busybox, files: { "www/index.html": samplePage } });
  }
  await deploySample(client, choices.region);
  return await waitForSample(client, say);
}

function farewell(choices: Choices, layout: Layout, url: string | undefined, dataDir: string | undefined): string {
  const flag = dataDir === undefined ? "" : ` --data-dir ${layout.dataDir}`;
  const lines = [
    "",
    `ECS endpoint   ${endpointOf(choices)}`,
    ...(url === undefined ? [] : [`Sample service ${url}`]),
    `State and logs ${layout.dataDir}`,
    "",
    "Point the aws CLI (or any AWS SDK) here:",
    `  eval "$(./hatoba env${flag})"`,
    "",
    "Then try:",
    ...(url === undefined
      ? ["  aws ecs list-clusters", "  aws ecs list-container-instances", "  aws ec2 describe-subnets"]
      : [
          `  aws ecs describe-services --services ${sampleService}`,
          `  aws logs filter-log-events --log-group-name ${sampleLogGroup}   (CLI 2: aws logs tail ${sampleLogGroup} --follow)`,
          `  aws ecs update-service --service ${sampleService} --desired-count 3`,
        ]),
    "",
    `Stop it all with  ./hatoba down${flag}`,
  ];
  return lines.join("\n");
}

/** Every process of the house that runs just now. */
export const runningProcesses = (layout: Layout) =>
  processNames.filter((name) => runningProcess(layout, name) !== undefined);
