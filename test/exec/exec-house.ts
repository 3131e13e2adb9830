import {
  type ContainerDefinition,
  RegisterTaskDefinitionCommand,
  RunTaskCommand,
  type RunTaskCommandInput,
} from "@aws-sdk/client-ecs";
import { CreateRoleCommand, IAMClient } from "@aws-sdk/client-iam";
import { describeTask, eventually, type House, startHouse } from "../docker/house.ts";
import { testImage } from "../docker/image.ts";

/** A house with tasks that sessions can be opened to. */
export interface ExecHouse {
  readonly house: House;
  /** Starts a task, and waits until its managed agents run. @returns its ARN */
  run(containers?: readonly Partial<ContainerDefinition>[], more?: Partial<RunTaskCommandInput>): Promise<string>;
  /** Command lines of the processes in a task's container, as the engine lists them. */
  processes(task: string): Promise<readonly string[]>;
  /** How many processes of a task's container have this word in their command line, once they are so many. */
  processesBecome(task: string, word: string, count: number): Promise<void>;
}

export async function execHouse(variables: Readonly<Record<string, string>> = {}): Promise<ExecHouse> {
  Object.assign(process.env, variables);
  const house = await startHouse();
  const image = await testImage(house.engine);
  const iam = new IAMClient({
    endpoint: house.endpoint,
    region: house.env["AWS_REGION"] ?? "",
    credentials: {
      accessKeyId: house.env["AWS_ACCESS_KEY_ID"] ?? "",
      secretAccessKey: house.env["AWS_SECRET_ACCESS_KEY"] ?? "",
    },
  });
  const trust = {
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Principal: { Service: "ecs-tasks.amazonaws.com" }, Action: "sts:AssumeRole" }],
  };
  const { Role } = await iam.send(
    new CreateRoleCommand({ RoleName: "exec", AssumeRolePolicyDocument: JSON.stringify(trust) }),
  );
  const roleArn = Role?.Arn ?? "";
  let count = 0;
  const containerOf = async (task: string) => {
    const { containers = [] } = await describeTask(house, task);
    return containers[0]?.runtimeId ?? "";
  };
  const processes = async (task: string) => {
    const top = (await house.engine.getContainer(await containerOf(task)).top()) as { Processes: string[][] };
    return top.Processes.map((fields) => fields.join(" "));
  };
  return {
    house,
    processes,
    async run(containers = [{}], more = {}) {
      const family = `exec-${++count}`;
      const isFargate = more.launchType === "FARGATE";
      await house.ecs.send(
        new RegisterTaskDefinitionCommand({
          family,
          taskRoleArn: roleArn,
          containerDefinitions: containers.map((each, index) => ({
            name: index === 0 ? "web" : `side-${index}`,
            image,
            memory: 64,
            command: ["sleep", "6000"],
            ...each,
          })),
          ...(isFargate
            ? { requiresCompatibilities: ["FARGATE"], networkMode: "awsvpc", cpu: "256", memory: "512" }
            : {}),
        }),
      );
      const { tasks = [], failures } = await house.ecs.send(
        new RunTaskCommand({ taskDefinition: family, enableExecuteCommand: true, ...more }),
      );
      const arn = tasks[0]?.taskArn;
      if (arn === undefined) throw new Error(`not started: ${JSON.stringify(failures)}`);
      if (more.enableExecuteCommand === false) return arn;
      await eventually(`managed agents of ${arn}`, async () => {
        const { containers: known = [] } = await describeTask(house, arn);
        const ready = known.every(({ managedAgents = [] }) => managedAgents[0]?.lastStatus === "RUNNING");
        return ready ? true : undefined;
      });
      return arn;
    },
    async processesBecome(task, word, wanted) {
      await eventually(`${wanted} of ${word} in ${task}`, async () => {
        const found = (await processes(task)).filter((line) => line.includes(word)).length;
        return found === wanted ? true : undefined;
      });
    },
  };
}
