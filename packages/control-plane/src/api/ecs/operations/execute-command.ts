import { lastSegment } from "@hatoba/contract";
import type { Container, Task } from "../../../model/task.ts";
import type { Snapshot, Stored } from "../../../store/store.ts";
import { newSession, sessionsAt } from "../../sessions/new-session.ts";
import { EcsError } from "../api-error.ts";
import { commitPlan } from "../commit-plan.ts";
import { transcriptGroupFor } from "../exec/transcript-group.ts";
import { taskFrom } from "../identifiers.ts";
import type { Operation } from "../operation.ts";
import { requireCluster, requireParameter } from "../require.ts";

/** An argument list has its limits too; this is half of Linux's for one argument. */
const longestCommand = 64 * 1024;

const invalid = (message: string) => new EcsError("InvalidParameterException", message);

/** Source of the text: exec session protocol, section 4.4. The apostrophe is the typographic one. */
const notEnabled =
  "The execute command failed because execute command was not enabled when the task was run or the execute command agent isn’t running. Wait and try again or run a new task with execute command enabled and try again.";

/**
 * Opens a session that runs a command in a container of a task. The command starts when the client has connected.
 * Source: ECS API reference, ExecuteCommand.
 * @throws EcsError InvalidParameterException, TargetNotConnectedException, ClientException
 */
export const executeCommand: Operation<"ExecuteCommand"> = async (input, context) => {
  const { store, ids, caller, settings } = context;
  const command = requireCommand(input.command);
  const identifier = requireParameter(input.task, "task");
  if (input.interactive !== true) throw invalid("Interactive is the only mode supported currently.");
  return commitPlan(store, (snapshot) => {
    const cluster = requireCluster(snapshot, input.cluster, caller);
    const stored = snapshot.get("task", taskFrom(identifier, cluster, caller).arn);
    if (stored === undefined) throw invalid("The referenced task was not found.");
    const { arn: taskArn, value: task } = stored;
    const container = chooseContainer(task, input.container);
    const { runtimeId, containerInstanceArn } = requireReady(task, container);
    requireConnected(snapshot, containerInstanceArn);
    const sessionId = `ecs-execute-command-${ids.hex(17)}`;
    const target = {
      type: "container",
      clusterArn: cluster.arn,
      taskArn,
      containerName: container.name,
      runtimeId,
    } as const;
    requireRoom(sessionsAt(snapshot, { target, containerInstanceArn }), settings.sessions.perTarget);
    const transcriptGroup = transcriptGroupFor(cluster.stored.value, definitionOf(snapshot, task), container.name);
    const { write, access } = newSession(
      {
        sessionId,
        target,
        containerInstanceArn,
        command,
        sessionType: "InteractiveCommands",
        targetId: `ecs:${cluster.name}_${lastSegment(taskArn)}_${runtimeId}`,
        ...(transcriptGroup === undefined ? {} : { transcriptGroup }),
      },
      context,
    );
    const { containerArn, name: containerName } = container;
    const result = {
      clusterArn: cluster.arn,
      taskArn,
      containerArn,
      containerName,
      interactive: true,
      session: access,
    };
    return { writes: [write], result };
  });
};

function requireCommand(command: string | undefined): string {
  const given = requireParameter(command, "command");
  if (given.trim() === "") throw invalid("command can not be blank.");
  if (Buffer.byteLength(given) > longestCommand) throw invalid(`command can have at most ${longestCommand} bytes.`);
  return given;
}

function chooseContainer({ containers }: Task, wanted: string | undefined): Container {
  if (wanted) {
    const found = containers.find(({ name }) => name === wanted);
    if (found === undefined) throw invalid(`The container ${wanted} was not found in the task.`);
    return found;
  }
  const [only, ...others] = containers;
  if (only === undefined || others.length > 0) {
    throw invalid("The task has more than one container: name one of them in the container parameter.");
  }
  return only;
}

function requireReady(task: Task, container: Container) {
  const agent = container.managedAgents?.find(({ name }) => name === "ExecuteCommandAgent");
  const { runtimeId } = container;
  const { containerInstanceArn } = task;
  const isRunning = task.lastStatus === "RUNNING" && container.lastStatus === "RUNNING";
  if (!task.enableExecuteCommand || agent?.lastStatus !== "RUNNING" || !isRunning) throw invalid(notEnabled);
  if (runtimeId === undefined || containerInstanceArn === undefined) throw invalid(notEnabled);
  return { runtimeId, containerInstanceArn };
}

function requireConnected(snapshot: Snapshot, containerInstanceArn: string): void {
  if (snapshot.get("containerInstance", containerInstanceArn)?.value.agentConnected) return;
  throw new EcsError(
    "TargetNotConnectedException",
    "The execute command failed due to an internal error. Try again later.",
  );
}

function requireRoom(sessions: number, most: number): void {
  if (sessions < most) return;
  throw new EcsError(
    "ClientException",
    `The container has ${sessions} sessions already, which is the most it may have (--sessions-per-target).`,
  );
}

const definitionOf = (snapshot: Snapshot, { taskDefinitionArn }: Task): Stored<"taskDefinition"> | undefined =>
  snapshot.get("taskDefinition", taskDefinitionArn);
