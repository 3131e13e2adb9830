import type { Task } from "../../model/task.ts";
import type { Snapshot, Stored } from "../../store/store.ts";
import type { MachineScope } from "./machine-rights.ts";

const idOf = (identifier: string) => identifier.split("/").at(-1) ?? "";

/** What belongs to a machine just now. Looked up as it is asked for; nothing is kept. */
export function machineScope(instanceId: string, snapshot: Snapshot): MachineScope {
  const own = () => snapshot.list("containerInstance", { ec2InstanceId: instanceId });
  const isHere = ({ containerInstanceArn }: Task) => own().some(({ arn }) => arn === containerInstanceArn);
  const tasksHere = (): readonly Stored<"task">[] =>
    own().flatMap(({ arn }) => snapshot.list("task", { containerInstanceArn: arn }));
  return {
    instanceId,
    ownsContainerInstance: (identifier) => own().some(({ arn }) => idOf(arn) === idOf(identifier)),
    ownsTask(identifier) {
      const task = snapshot.get("task", identifier)?.value;
      return task === undefined ? identifier.startsWith("arn:") : isHere(task);
    },
    ownsAttachment: (attachmentArn) =>
      snapshot.list("networkInterface", { attachmentId: idOf(attachmentArn) }).every(({ value }) => {
        const task = snapshot.get("task", value.taskArn)?.value;
        return task === undefined || isHere(task);
      }),
    ownsLogGroup: (name) =>
      tasksHere().some(({ value }) => logGroupsOf(value.taskDefinitionArn, snapshot).includes(name)),
  };
}

function logGroupsOf(taskDefinitionArn: string, snapshot: Snapshot): readonly string[] {
  const definition = snapshot.get("taskDefinition", taskDefinitionArn)?.value;
  return (definition?.registered.containerDefinitions ?? []).flatMap(
    ({ logConfiguration }) => logConfiguration?.options?.["awslogs-group"] ?? [],
  );
}
