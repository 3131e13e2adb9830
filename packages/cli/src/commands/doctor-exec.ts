import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { DescribeTasksCommand, type ECSClient, type Task } from "@aws-sdk/client-ecs";
import { GetConnectionStatusCommand, type SSMClient } from "@aws-sdk/client-ssm";
import { judgeExec } from "../doctor/judge-exec.ts";
import { clusterOf } from "../exec/open-session.ts";
import { printFindings } from "./doctor.ts";
import { type ExecOptions, houseClients } from "./exec.ts";

const run = promisify(execFile);

/** `hatoba doctor exec`: says why a session to a task cannot open. @returns the exit code: 1 if there is a problem */
export async function doctorExec(task: string, { dataDir, cluster, container }: ExecOptions): Promise<number> {
  const { ecs, ssm } = houseClients(dataDir);
  const wanted = { task, ...(container === undefined ? {} : { container }) };
  const found = await describe(ecs, task, clusterOf({ task, ...(cluster === undefined ? {} : { cluster }) }));
  return printFindings(
    judgeExec({
      wanted,
      task: found,
      connected: await isConnected(ssm, found),
      pluginVersion: await pluginVersion(),
    }),
  );
}

async function describe(ecs: ECSClient, task: string, cluster: string | undefined): Promise<Task | undefined> {
  const input = { tasks: [task], ...(cluster === undefined ? {} : { cluster }) };
  return (await ecs.send(new DescribeTasksCommand(input))).tasks?.[0];
}

/** Asked of the session's target, as the stock clients know it. */
async function isConnected(ssm: SSMClient, task: Task | undefined): Promise<boolean | undefined> {
  const runtimeId = task?.containers?.find((container) => container.runtimeId !== undefined)?.runtimeId;
  if (task === undefined || runtimeId === undefined) return undefined;
  const [cluster, id] = [task.clusterArn, task.taskArn].map((arn) => arn?.slice(arn.lastIndexOf("/") + 1));
  try {
    const answer = await ssm.send(new GetConnectionStatusCommand({ Target: `ecs:${cluster}_${id}_${runtimeId}` }));
    return answer.Status === "connected";
  } catch {
    return undefined;
  }
}

async function pluginVersion(): Promise<string | undefined> {
  try {
    return (await run("session-manager-plugin", ["--version"])).stdout.trim();
  } catch {
    return undefined;
  }
}
