import type { Task } from "@aws-sdk/client-ecs";
import { beforeEach, describe, expect, test } from "vitest";
import { exampleContainerInstance, exampleContainerInstanceArn } from "../../../model/examples.ts";
import { startLoops } from "../../../reconcile/start-loops.ts";
import { endTask } from "../../../reconcile/task/end-task.ts";
import { until } from "../../../store/until.ts";
import { deleteVolume } from "../../ec2/operations/delete-volume.ts";
import { describeVolumes } from "../../ec2/operations/describe-volumes.ts";
import type { OperationContext } from "../../operation-context.ts";
import { listKeptVolumes } from "../../operator/operations/list-kept-volumes.ts";
import { exampleContext, given, refusal } from "../example-context.ts";
import { createCluster } from "../operations/create-cluster.ts";
import { createService } from "../operations/create-service.ts";
import { createTaskSet } from "../operations/create-task-set.ts";
import { registerTaskDefinition } from "../operations/register-task-definition.ts";
import { runTask } from "../operations/run-task.ts";
import { submitTaskStateChange } from "../operations/submit-task-state-change.ts";
import { updateService } from "../operations/update-service.ts";

let context: OperationContext;
beforeEach(async () => {
  context = exampleContext();
  await createCluster({}, context);
  await registerTaskDefinition(
    {
      family: "db",
      containerDefinitions: [{ name: "app", image: "busybox", cpu: 1, memory: 8 }],
      volumes: [{ name: "data", configuredAtLaunch: true }],
    },
    context,
  );
});
const ebs = "ecs.capability.storage.ebs-task-volume-attach";
const dockerApi = "com.amazonaws.ecs.capability.docker-remote-api.1.18";
const addInstance = (names: readonly string[] = [ebs, dockerApi]) =>
  given(context, {
    kind: "containerInstance",
    arn: exampleContainerInstanceArn(1),
    value: exampleContainerInstance({ attributes: names.map((name) => ({ name })) }),
  });
const volumeConfigurations = (more: object = {}) => [
  { name: "data", managedEBSVolume: { roleArn: "arn:aws:iam::000000000000:role/r", sizeInGiB: 5, ...more } },
];
const run = (more: object = {}) =>
  runTask({ taskDefinition: "db", volumeConfigurations: volumeConfigurations(more) }, context);
const report = (task: string | undefined, status: string) =>
  submitTaskStateChange(
    { cluster: "default", task, status, containers: [{ containerName: "app", status, runtimeId: "r" }] },
    context,
  );
const failToStart = (task: string | undefined) =>
  submitTaskStateChange({ cluster: "default", task, status: "STOPPED", reason: "no such image" }, context);
const volumeOf = (task: Task | undefined) =>
  task?.attachments?.[0]?.details?.find(({ name }) => name === "volumeId")?.value ?? "";
const kept = async (volumeIds: readonly string[], removedVolumeIds: readonly string[] = []) =>
  (await listKeptVolumes({ volumeIds, removedVolumeIds }, context)).volumeIds;
const volumes = async () => (await describeVolumes({}, context)).Volumes ?? [];

describe("a task's managed EBS volume", () => {
  test("needs a container instance that can make it", async () => {
    await addInstance([dockerApi]);
    const { failures } = await run();
    expect(failures).toMatchObject([{ reason: "ATTRIBUTE" }]);
  });

  test("is an attachment of the task and a volume of EC2, as long as the task lives", async () => {
    await addInstance();
    const { tasks: [task] = [] } = await run();
    const id = task?.attachments?.[0]?.details?.find(({ name }) => name === "volumeId")?.value;
    expect(task?.attachments).toMatchObject([{ type: "AmazonElasticBlockStorage", status: "PRECREATED" }]);
    expect(task?.containers?.[0]?.networkInterfaces).toEqual([]);
    expect(await volumes()).toMatchObject([{ VolumeId: id, Size: 5, State: "in-use", VolumeType: "gp3" }]);
    expect(await refusal(deleteVolume({ VolumeId: id }, context))).toMatch(/^VolumeInUse/);
    await report(task?.taskArn, "RUNNING");
    expect(context.store.snapshot().get("task", task?.taskArn ?? "")?.value.attachments).toMatchObject([
      { status: "ATTACHED" },
    ]);
    await report(task?.taskArn, "STOPPED");
    expect(await volumes()).toEqual([]);
  });

  test("is kept when the task wanted that and ran, until it is deleted", async () => {
    await addInstance();
    const keep = { terminationPolicy: { deleteOnTermination: false } };
    const { tasks: [failed] = [] } = await run(keep);
    await failToStart(failed?.taskArn);
    expect(await volumes()).toEqual([]);
    const { tasks: [task] = [] } = await run(keep);
    await report(task?.taskArn, "RUNNING");
    await report(task?.taskArn, "STOPPED");
    const [volume] = await volumes();
    expect(volume).toMatchObject({ State: "available", Size: 5, Attachments: [] });
    await deleteVolume({ VolumeId: volume?.VolumeId }, context);
    expect(await volumes()).toEqual([]);
    expect(await refusal(deleteVolume({ VolumeId: volume?.VolumeId }, context))).toMatch(/^InvalidVolume.NotFound/);
  });

  test("is kept, too, if one container of several was made before the task failed, or its agent was lost", async () => {
    await addInstance();
    const keep = { terminationPolicy: { deleteOnTermination: false } };
    const { tasks: [half] = [] } = await run(keep);
    await report(half?.taskArn, "STOPPED"); // it never was RUNNING
    const { tasks: [lost] = [] } = await run(keep);
    const stored = context.store.snapshot().get("task", lost?.taskArn ?? "");
    if (stored === undefined) throw new Error("no task");
    await context.store.commit(endTask(context.store.snapshot(), stored, 0, {}));
    expect((await volumes()).map(({ VolumeId }) => VolumeId)).toEqual([half, lost].map(volumeOf).toSorted());
  });

  test("its files go when it was deleted or never used, and not because nothing is known of it", async () => {
    await addInstance();
    const keep = { terminationPolicy: { deleteOnTermination: false } };
    const { tasks: [task] = [] } = await run(keep);
    const { tasks: [failed] = [] } = await run(keep);
    const { tasks: [living] = [] } = await run(keep);
    await report(task?.taskArn, "STOPPED");
    await failToStart(failed?.taskArn);
    const [id, unused, used] = [volumeOf(task), volumeOf(failed), volumeOf(living)];
    expect(await kept([id, unused, used, "vol-0123"])).toEqual([id, used, "vol-0123"]);
    expect(await kept([id], [id])).toEqual([id]); // an agent does not delete what nobody deleted
    await deleteVolume({ VolumeId: id }, context);
    expect(await kept([id, "vol-0123"])).toEqual(["vol-0123"]);
    expect(await kept([], [id])).toEqual([]);
    expect(context.store.snapshot().get("keptVolume", id)).toBeUndefined();
  });

  test("each task of a service has one, of the size that its deployment says", async () => {
    await addInstance();
    const loops = startLoops(context);
    const service = { serviceName: "db", taskDefinition: "db", desiredCount: 2 };
    expect(await refusal(createService(service, context))).toMatch(/data is configuredAtLaunch and needs/);
    await createService({ ...service, volumeConfigurations: volumeConfigurations() }, context);
    const sizes = () =>
      context.store
        .snapshot()
        .list("task")
        .map(({ value }) => value.managedVolumes?.[0]?.sizeGiB);
    await until(context.store, () => sizes().length === 2);
    expect(sizes()).toEqual([5, 5]);
    const { service: changed } = await updateService(
      { service: "db", volumeConfigurations: volumeConfigurations({ sizeInGiB: 6 }) },
      context,
    );
    expect(changed?.deployments).toHaveLength(2);
    await until(context.store, () => sizes().includes(6));
    await loops.stop();
  });

  test("task sets have those that their service says, as the call has none of its own", async () => {
    await addInstance();
    const external = { desiredCount: 1, deploymentController: { type: "EXTERNAL" as const } };
    const taskSet = { cluster: "default", taskDefinition: "db" };
    await createService({ serviceName: "none", ...external }, context);
    expect(await refusal(createTaskSet({ ...taskSet, service: "none" }, context))).toMatch(
      /data is configuredAtLaunch and needs a volume configuration/,
    );
    await createService({ serviceName: "sets", ...external, volumeConfigurations: volumeConfigurations() }, context);
    const loops = startLoops(context);
    await createTaskSet({ ...taskSet, service: "sets" }, context);
    const sizes = () =>
      context.store
        .snapshot()
        .list("task")
        .map(({ value }) => value.managedVolumes?.[0]?.sizeGiB);
    await until(context.store, () => sizes().length === 1);
    expect(sizes()).toEqual([5]);
    await loops.stop();
  });
});
