import fc from "fast-check";
import { expect, it } from "vitest";
import type { ContainerInstance } from "../../model/container-instance.ts";
import { exampleContainerInstanceArn } from "../../model/examples.ts";
import type { Service } from "../../model/service.ts";
import type { Stored } from "../../store/store.ts";
import { update } from "../../store/update.ts";
import { SimulatedCluster } from "../simulated-cluster.ts";
import { deploymentLimits } from "./plan-service.ts";

// Random histories of one service on three instances of four places each. Whatever happens, the service keeps within its
// limits, no instance gets more than it has room for, and in the end everything comes to rest where it was wanted.

const instanceNumber = fc.integer({ min: 1, max: 3 });
const step = fc.oneof(
  fc.record({ do: fc.constant("scale" as const), to: fc.nat(6) }),
  fc.record({ do: fc.constant("deploy" as const), revision: fc.integer({ min: 1, max: 3 }) }),
  fc.record({ do: fc.constant("obey" as const), limit: fc.integer({ min: 1, max: 4 }) }),
  fc.record({ do: fc.constant("fail" as const), limit: fc.integer({ min: 1, max: 3 }) }),
  fc.record({ do: fc.constant("crash" as const), which: fc.nat(5) }),
  fc.record({ do: fc.constant("drain" as const), instance: instanceNumber, back: fc.boolean() }),
  fc.record({ do: fc.constant("connect" as const), instance: instanceNumber, connected: fc.boolean() }),
  fc.record({ do: fc.constant("go back" as const) }),
  fc.record({ do: fc.constant("wait" as const), seconds: fc.integer({ min: 1, max: 900 }) }),
);
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

const change = (cluster: SimulatedCluster, instance: number, of: Partial<ContainerInstance>) =>
  update(cluster.store, "containerInstance", exampleContainerInstanceArn(instance), (value) => ({ ...value, ...of }));

async function take(cluster: SimulatedCluster, next: Step): Promise<void> {
  const stopped = { lastStatus: "STOPPED", desiredStatus: "STOPPED", stoppedAt: cluster.clock.now() } as const;
  switch (next.do) {
    case "scale":
      return cluster.updateService({ desiredCount: next.to });
    case "deploy":
      return void (await cluster.deploy(next.revision));
    case "obey":
      return void (await cluster.obey(next.limit));
    case "fail":
      for (const { arn } of cluster
        .tasks()
        .filter(({ value }) => value.lastStatus === "PENDING")
        .slice(0, next.limit)) {
        await cluster.report(arn, {
          ...stopped,
          stopCode: "TaskFailedToStart",
          stoppedReason: "CannotPullContainerError",
        });
      }
      return;
    case "crash": {
      const [victim] = cluster.running().slice(next.which);
      if (victim !== undefined) await cluster.report(victim.arn, { ...stopped, stopCode: "EssentialContainerExited" });
      return;
    }
    case "drain":
      return void (await change(cluster, next.instance, { status: next.back ? "ACTIVE" : "DRAINING" }));
    case "connect":
      return void (await change(cluster, next.instance, {
        agentConnected: next.connected,
        agentConnectedAt: cluster.clock.now(),
      }));
    case "go back": // where there is something to go back to; a first deployment would just have failed
      if (!cluster.store.snapshot().list("deployment").some(isCompletedBefore(cluster.service()))) return;
      for (const { arn, value } of cluster.store.snapshot().list("serviceDeployment")) {
        if (value.deploymentId !== cluster.service().primaryDeploymentId || value.status !== "IN_PROGRESS") continue;
        await update(cluster.store, "serviceDeployment", arn, (record) => ({
          ...record,
          status: "ROLLBACK_REQUESTED",
        }));
      }
      return;
    case "wait":
      cluster.clock.advance(next.seconds * 1000);
  }
}

const isCompletedBefore =
  ({ primaryDeploymentId }: Service) =>
  ({ value }: Stored<"deployment">) =>
    value.deploymentId !== primaryDeploymentId && value.rolloutState === "COMPLETED";

function overCommitted(cluster: SimulatedCluster): readonly string[] {
  const snapshot = cluster.store.snapshot();
  return snapshot
    .list("containerInstance")
    .filter(({ arn, value }) => snapshot.tally("instanceUsage", arn).cpu > value.registered.cpu)
    .map(({ arn }) => `${arn} has more tasks than room`);
}

it("a service keeps within its limits and comes to rest, whatever happens", async () => {
  // Limits that allow a start or a stop for any desired count; others may leave a deployment stuck, as in ECS.
  const limits = fc.oneof(
    fc.record({ minimum: fc.integer({ min: 0, max: 100 }), maximum: fc.integer({ min: 200, max: 300 }) }),
    fc.record({ minimum: fc.constant(0), maximum: fc.integer({ min: 100, max: 200 }) }),
  );
  const rebalancing = fc.constantFrom("ENABLED" as const, "DISABLED" as const);
  const strategy = fc.oneof(
    fc.record({
      strategy: fc.constant("ROLLING" as const),
      bakeTimeInMinutes: fc.constantFrom(0, 0, 10),
      earlySuccessCriteria: fc.option(
        fc.record({
          enable: fc.constant(true),
          healthyPercent: fc.constant(100),
          sourceServiceRevisionCleanup: fc.constantFrom("BLOCKING" as const, "DEFERRED" as const),
        }),
        { nil: undefined },
      ),
    }),
    fc.record({
      strategy: fc.constantFrom("BLUE_GREEN" as const, "LINEAR" as const, "CANARY" as const),
      bakeTimeInMinutes: fc.constantFrom(0, 10),
    }),
  );
  const given = fc.record({ limits, rebalancing, strategy, steps: fc.array(step, { maxLength: 25 }) });
  await fc.assert(
    fc.asyncProperty(
      given,
      async ({ limits: { minimum, maximum }, rebalancing: availabilityZoneRebalancing, strategy, steps }) => {
        const cluster = new SimulatedCluster({ agentLostAfterMs: 600_000 });
        await cluster.create(3, { registered: { cpu: 1024, memory: 16_384, reservedPorts: [], gpuIds: [] } });
        const violations: string[] = [];
        // A deployment in stages has all its tasks beside those of before: its ceiling is for them alone.
        const wanted = (deploymentId: string | undefined) =>
          cluster
            .tasks()
            .filter(({ value }) => value.desiredStatus === "RUNNING")
            .filter(({ value }) => strategy.strategy === "ROLLING" || value.deploymentId === deploymentId).length;
        cluster.store.onChange(({ before, after }) => {
          if (before !== undefined || after?.kind !== "task") return;
          violations.push(...overCommitted(cluster));
          const { ceiling } = deploymentLimits(cluster.service());
          const count = wanted(after.value.deploymentId);
          if (count > ceiling) violations.push(`${count} tasks are wanted, ${ceiling} are allowed`);
        });
        cluster.start();
        await cluster.createService({
          desiredCount: 2,
          availabilityZoneRebalancing,
          deploymentConfiguration: {
            minimumHealthyPercent: minimum,
            maximumPercent: maximum,
            ...(JSON.parse(JSON.stringify(strategy)) as typeof strategy),
          },
        });
        await cluster.settle();
        for (const next of steps) {
          await take(cluster, next);
          const before = cluster.running().length;
          await cluster.settle();
          // Instances that are given up take their tasks with them, which is no decision of the service.
          const { floor } = deploymentLimits(cluster.service());
          if (next.do !== "wait") expect(cluster.running().length).toBeGreaterThanOrEqual(Math.min(floor, before));
        }

        for (const number of [1, 2, 3]) await change(cluster, number, { status: "ACTIVE", agentConnected: true });
        await cluster.converge();
        for (let round = 0; round < 12; round++) {
          cluster.clock.advance(15 * 60_000);
          await cluster.converge();
        }
        const { primaryDeploymentId, desiredCount } = cluster.service();
        expect(cluster.running().map(({ value }) => value.deploymentId)).toEqual(
          Array.from({ length: desiredCount }, () => primaryDeploymentId),
        );
        const deployments = cluster.store.snapshot().list("deployment");
        expect(deployments.map(({ value }) => [value.deploymentId, value.rolloutState])).toEqual([
          [primaryDeploymentId, "COMPLETED"],
        ]);
        const { revision } = cluster.store.snapshot();
        cluster.clock.advance(5 * 60_000); // every key has another pass, and finds nothing to do
        await cluster.settle();
        expect(cluster.store.snapshot().revision).toBe(revision);
        await cluster.stop();
        expect(violations).toEqual([]);
      },
    ),
    { numRuns: 100 },
  );
}, 60_000);
