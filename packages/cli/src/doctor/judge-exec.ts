import type { Container, Task } from "@aws-sdk/client-ecs";
import type { Finding } from "./judge.ts";

/** What decides whether a session can open. */
export interface ExecFacts {
  /** As it was asked for. */
  readonly wanted: { readonly task: string; readonly container?: string };
  readonly task: Task | undefined;
  /** Whether the agent that would serve the session is connected; undefined if nobody can say. */
  readonly connected: boolean | undefined;
  /** What `session-manager-plugin --version` says; undefined if it is not installed. */
  readonly pluginVersion: string | undefined;
}

type Judged = Omit<Finding, "subject">;
const ok = (found: string): Judged => ({ verdict: "ok", found });
const problem = (found: string, advice: string): Judged => ({ verdict: "problem", found, advice });

/** Everything that a session needs, in the order in which it is needed. What follows on a problem is left out. */
export function judgeExec(facts: ExecFacts): readonly Finding[] {
  const plugin = { subject: "session-manager-plugin", ...judgePlugin(facts.pluginVersion) };
  const steps: readonly (readonly [subject: string, judge: (facts: ExecFacts) => Judged])[] = [
    ["Task", judgeTask],
    ["ECS Exec", judgeEnabled],
    ["Container", judgeContainer],
    ["ExecuteCommandAgent", judgeManagedAgent],
    ["Agent", judgeAgent],
  ];
  const findings: Finding[] = [];
  for (const [subject, judge] of steps) {
    const judged = judge(facts);
    findings.push({ subject, ...judged });
    if (judged.verdict === "problem") break;
  }
  return [...findings, plugin];
}

function judgeTask({ task, wanted }: ExecFacts): Judged {
  if (task === undefined)
    return problem(`${wanted.task} is not there`, "List them: aws ecs list-tasks. Name the cluster with --cluster.");
  if (task.lastStatus === "RUNNING") return ok("RUNNING");
  const why = task.stoppedReason ? ` (${task.stoppedReason})` : "";
  return problem(`${task.lastStatus}${why}`, "A session needs a task that runs.");
}

function judgeEnabled({ task }: ExecFacts): Judged {
  if (task?.enableExecuteCommand) return ok("enabled");
  return problem(
    "not enabled when the task was started",
    "Run it with --enable-execute-command; a service: aws ecs update-service --enable-execute-command --force-new-deployment",
  );
}

function judgeContainer(facts: ExecFacts): Judged {
  const names = (facts.task?.containers ?? []).map(({ name }) => name).join(", ");
  const container = containerOf(facts);
  if (container === undefined && facts.wanted.container !== undefined)
    return problem(`the task has no container ${facts.wanted.container}`, `It has ${names}.`);
  if (container === undefined) return problem("the task has several", `Name one with --container: ${names}.`);
  if (container.lastStatus === "RUNNING" && container.runtimeId !== undefined) return ok(`${container.name} runs`);
  return problem(`${container.name} is ${container.lastStatus}`, "A session needs a container that runs.");
}

function judgeManagedAgent(facts: ExecFacts): Judged {
  const agent = containerOf(facts)?.managedAgents?.find(({ name }) => name === "ExecuteCommandAgent");
  if (agent?.lastStatus === "RUNNING") return ok("RUNNING");
  if (agent === undefined) return problem("absent", "The task was started without ECS Exec.");
  const why = agent.reason ? ` (${agent.reason})` : "";
  return problem(`${agent.lastStatus}${why}`, "Wait a moment, or start the task anew.");
}

function judgeAgent({ connected }: ExecFacts): Judged {
  if (connected === undefined) return { verdict: "warning", found: "nobody says whether it is connected" };
  if (connected) return ok("connected");
  return problem("not connected", "Look at the container instance: ./hatoba status, ./hatoba logs agent");
}

function containerOf({ task, wanted }: ExecFacts): Container | undefined {
  const containers = task?.containers ?? [];
  if (wanted.container === undefined && containers.length > 1) return undefined;
  return wanted.container === undefined ? containers[0] : containers.find(({ name }) => name === wanted.container);
}

/** Source: exec session protocol, section 1.6. */
const oldestSupported = [1, 2, 764, 0];
const firstThatChecksUrls = [1, 2, 889, 0];

/** The stock client of `aws ecs execute-command`. @param version as `1.2.764.0` */
export function judgePlugin(version: string | undefined): Judged {
  const instead = "./hatoba exec needs no plugin.";
  if (version === undefined)
    return { verdict: "warning", found: "not installed", advice: `aws ecs execute-command needs it; ${instead}` };
  const parts = version.trim().split(".").map(Number);
  if (parts.length !== 4 || parts.some(Number.isNaN))
    return { verdict: "warning", found: `version ${version}`, advice: `This version is not known; ${instead}` };
  if (compare(parts, firstThatChecksUrls) >= 0) {
    const advice = `From 1.2.889.0 on it is expected to connect to AWS alone. Install 1.2.835.0 or older; ${instead}`;
    return { verdict: "warning", found: `version ${version}`, advice };
  }
  // Built from source it calls itself so; AWS's own releases have a greater third number.
  if (compare(parts, oldestSupported) < 0 && version.trim() !== "1.2.0.0")
    return {
      verdict: "warning",
      found: `version ${version}`,
      advice: "It works, but AWS supports 1.2.764.0 and newer.",
    };
  return ok(`version ${version}`);
}

function compare(a: readonly number[], b: readonly number[]): number {
  const at = a.findIndex((part, index) => part !== b[index]);
  return at === -1 ? 0 : (a[at] ?? 0) - (b[at] ?? 0);
}
