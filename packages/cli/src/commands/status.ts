import {
  DescribeClustersCommand,
  DescribeServicesCommand,
  ListClustersCommand,
  ListServicesCommand,
} from "@aws-sdk/client-ecs";
import Table from "cli-table3";
import { probeEngine } from "../engine/engine.ts";
import { answers, endpointOf, processNames, readChoices } from "../house/house.ts";
import { type Layout, layoutOf } from "../house/layout.ts";
import { runningProcess } from "../house/processes.ts";
import { readBudgetWarning } from "../logs/budget-warning.ts";
import { ecsClient } from "../sample/sample.ts";
import { logsClient } from "./log-groups.ts";

/** `hatoba status`: what runs. @returns the exit code, as `systemctl status` has it: 0 all runs, 3 something does not. */
export async function status({ dataDir }: { readonly dataDir?: string }): Promise<number> {
  const layout = layoutOf(dataDir);
  const choices = readChoices(layout);
  if (choices === undefined) {
    console.log("No house here yet. Start one with ./hatoba up");
    return 3;
  }
  const engine = await probeEngine();
  const up = await answers(choices);
  const rows = processNames.map((name) => {
    const record = runningProcess(layout, name);
    return [name, record === undefined ? "stopped" : `running, pid ${record.pid}`];
  });
  const warning = up ? await readBudgetWarning(logsClient(layout.dataDir), Date.now()) : undefined;
  console.log(
    tableOf(
      ["what", "state"],
      [
        ["container engine", engine.state === "answers" ? `Docker Engine ${engine.version}` : engine.state],
        ...rows,
        ["endpoint", `${endpointOf(choices)} ${up ? "answers" : "does not answer"}`],
        ...(warning === undefined ? [] : [["logs", warning.message]]),
      ],
    ),
  );
  if (up) console.log(await clusterTable(layout));
  return up && engine.state === "answers" && rows.every(([, state]) => state !== "stopped") ? 0 : 3;
}

async function clusterTable(layout: Layout): Promise<string> {
  const choices = readChoices(layout);
  if (choices === undefined) return "";
  const client = ecsClient(layout, choices);
  const { clusterArns = [] } = await client.send(new ListClustersCommand({}));
  const { clusters = [] } = await client.send(new DescribeClustersCommand({ clusters: clusterArns }));
  const rows: string[][] = [];
  for (const {
    clusterName = "",
    registeredContainerInstancesCount = 0,
    runningTasksCount = 0,
    pendingTasksCount = 0,
  } of clusters) {
    rows.push([
      clusterName,
      `${registeredContainerInstancesCount} container instances, ${runningTasksCount} tasks running, ${pendingTasksCount} pending`,
    ]);
    const { serviceArns = [] } = await client.send(new ListServicesCommand({ cluster: clusterName }));
    if (serviceArns.length === 0) continue;
    const { services = [] } = await client.send(
      new DescribeServicesCommand({ cluster: clusterName, services: serviceArns.slice(0, 10) }),
    );
    for (const service of services) {
      rows.push([
        `  ${service.serviceName ?? ""}`,
        `${service.runningCount} of ${service.desiredCount} running, ${service.deployments?.[0]?.rolloutState ?? ""}`,
      ]);
    }
  }
  return tableOf(["cluster and services", "state"], rows);
}

function tableOf(head: string[], rows: string[][]): string {
  const table = new Table({ head, style: { head: [], border: [] } });
  table.push(...rows);
  return table.toString();
}
