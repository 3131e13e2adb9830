import { readFileSync } from "node:fs";
import { getCACertificates, setDefaultCACertificates } from "node:tls";
import {
  DeregisterContainerInstanceCommand,
  DescribeContainerInstancesCommand,
  ECSClient,
  ListContainerInstancesCommand,
} from "@aws-sdk/client-ecs";
import { DeregisterManagedInstanceCommand, SSMClient } from "@aws-sdk/client-ssm";
import type { Layout } from "../house/layout.ts";
import { type JoinedMachine, joinedFiles, readMachineKey } from "./joined-machine.ts";

/** What this machine is there. */
export interface Standing {
  readonly status: string;
  readonly agentConnected: boolean;
  readonly runningTasks: number;
}

/** The house that this machine joined, asked with the machine's own key: it answers for this machine alone. */
export class HouseElsewhere {
  private readonly machine: JoinedMachine;
  private readonly ecs: ECSClient;
  private readonly ssm: SSMClient;

  constructor(layout: Layout, machine: JoinedMachine) {
    this.machine = machine;
    trust(joinedFiles(layout).authority);
    const { endpoint, region } = machine;
    const client = { endpoint, region, credentials: readMachineKey(layout), maxAttempts: 2 };
    this.ecs = new ECSClient(client);
    this.ssm = new SSMClient(client);
  }

  /** Undefined if its agent has not registered it. Rejects with the SDK's errors. */
  async standing(): Promise<Standing | undefined> {
    const { cluster } = this.machine;
    const arn = await this.containerInstance();
    if (arn === undefined) return undefined;
    const command = new DescribeContainerInstancesCommand({ cluster, containerInstances: [arn] });
    const { containerInstances: [found] = [] } = await this.ecs.send(command);
    const { status = "", agentConnected = false, runningTasksCount: runningTasks = 0 } = found ?? {};
    return { status, agentConnected, runningTasks };
  }

  /** Takes this machine out: its tasks stop, and its key opens nothing any more. */
  async leave(): Promise<void> {
    const { cluster, instanceId } = this.machine;
    const containerInstance = await this.containerInstance();
    if (containerInstance === undefined) {
      await this.ssm.send(new DeregisterManagedInstanceCommand({ InstanceId: instanceId }));
    } else {
      await this.ecs.send(new DeregisterContainerInstanceCommand({ cluster, containerInstance, force: true }));
    }
  }

  private async containerInstance(): Promise<string | undefined> {
    const { cluster, instanceId } = this.machine;
    const command = new ListContainerInstancesCommand({ cluster, filter: `ec2InstanceId == ${instanceId}` });
    const { containerInstanceArns = [] } = await this.ecs.send(command);
    return containerInstanceArns[0];
  }
}

function trust(path: string): void {
  try {
    setDefaultCACertificates([...getCACertificates("default"), readFileSync(path, "utf8")]);
  } catch {
    // there is none: those of the system, then
  }
}
