import type { ChannelTaskDefinitionContainer } from "@hatoba/contract";
import { afterEach, describe, expect, test } from "vitest";
import { ContainerFailure } from "../runtime/container-runtime.ts";
import { pauseSpec } from "./container-spec.ts";
import {
  containerPayload,
  knownTask,
  type Machine,
  openMachine,
  settled,
  stopPayload,
  taskArnOf,
  taskPayload,
  vpcPayload,
} from "./engine.fixture.ts";

let machine: Machine;
const open = async (...args: Parameters<typeof openMachine>) => (machine = await openMachine(...args));
afterEach(() => machine?.engine.close());

const arn = taskArnOf(1);
const statusesReported = () => machine.reports.of(arn).map(({ status }) => status);

describe("a task's life", () => {
  test("from payload to RUNNING takes one report, from the wish to stop to its removal another", async () => {
    await open();
    await machine.engine.assign([taskPayload(1)], 1);
    await settled();
    expect(statusesReported()).toEqual(["RUNNING"]);
    const [container] = machine.runtime.containers;
    expect(machine.reports.of(arn)[0]).toMatchObject({
      reason: "",
      containers: [{ containerName: "app", status: "RUNNING", runtimeId: container?.id }],
    });

    await machine.engine.assign([stopPayload(1)], 2);
    await settled();
    expect(machine.reports.of(arn)[1]).toMatchObject({
      status: "STOPPED",
      reason: "",
      containers: [{ containerName: "app", status: "STOPPED", exitCode: 143 }],
    });
    expect(machine.runtime.containers).toEqual([]);
    expect(machine.engine.tasks()).toEqual([]);
    expect(machine.state.tasks()).toEqual([]);
  });

  test("names and labels are those of ECS, and ours", async () => {
    await open();
    await machine.engine.assign([taskPayload(1, { containers: [containerPayload("log_router")] })], 1);
    await settled();
    expect(machine.runtime.containers[0]?.spec).toMatchObject({
      name: expect.stringMatching(/^ecs-web-1-logrouter-[0-9a-f]{20}$/) as string,
      labels: {
        "com.amazonaws.ecs.task-arn": arn,
        "com.amazonaws.ecs.container-name": "log_router",
        "com.amazonaws.ecs.task-definition-family": "web",
        "com.amazonaws.ecs.task-definition-version": "1",
        "dev.hatoba.agent": "agent-1",
      },
      environment: { AWS_REGION: "us-east-1", AWS_DEFAULT_REGION: "us-east-1" },
    });
  });

  test("sixty tasks that come at once are made and started eight at a time", async () => {
    await open(() => ({ createMs: 100, startMs: 100 }));
    const containers = [containerPayload("app", { memory: 8 })];
    await machine.engine.assign(
      Array.from({ length: 60 }, (_, index) => taskPayload(index + 1, { containers })),
      1,
    );
    const underWay = () => machine.runtime.containers.filter(({ isRunning }) => !isRunning).length;
    let rounds = 0;
    for (; machine.runtime.containers.filter(({ isRunning }) => isRunning).length < 60; rounds++) {
      await machine.pass(100);
      expect(underWay()).toBeLessThanOrEqual(8);
    }
    expect(rounds).toBeGreaterThanOrEqual((60 / 8) * 2);
  });

  test("a payload that comes twice starts nothing twice, even when the task is over", async () => {
    await open(() => ({ exitAfterMs: 10 }));
    await machine.engine.assign([taskPayload(1)], 1);
    await machine.engine.assign([taskPayload(1)], 2);
    await settled();
    expect(machine.runtime.containers).toHaveLength(1);
    await machine.pass(10);
    expect(machine.engine.tasks()).toEqual([]);
    await machine.engine.assign([taskPayload(1)], 3);
    await settled();
    expect(machine.runtime.containers).toEqual([]);
  });

  test("the end of an essential container ends the task; of another, not", async () => {
    await open(({ image }) =>
      image === "app" ? { exitAfterMs: 5000, exitCode: 3 } : image === "job" ? { exitAfterMs: 1000 } : {},
    );
    const containers = ["app", "job", "side"].map((name) => containerPayload(name, { essential: name === "app" }));
    await machine.engine.assign([taskPayload(1, { containers })], 1);
    await settled();
    await machine.pass(1000);
    expect(machine.statuses(1)).toEqual({ app: "RUNNING", job: "STOPPED", side: "RUNNING" });
    await machine.pass(500);
    expect(machine.reports.of(arn).at(-1)).toMatchObject({
      status: "RUNNING",
      containers: [{ containerName: "job", exitCode: 0 }],
    });
    await machine.pass(4000);
    expect(machine.reports.of(arn).at(-1)).toMatchObject({
      status: "STOPPED",
      containers: [
        { containerName: "app", exitCode: 3 },
        { containerName: "side", exitCode: 143 },
      ],
      executionStoppedAt: expect.any(Number) as number,
    });
  });

  test("what ran and ended at once is told as RUNNING and then as STOPPED", async () => {
    await open(() => ({ exitAfterMs: 0, exitCode: 1 }));
    await machine.engine.assign([taskPayload(1)], 1);
    await settled();
    expect(statusesReported()).toEqual(["RUNNING", "STOPPED"]);
    expect(machine.reports.of(arn)[1]?.containers).toMatchObject([{ status: "STOPPED", exitCode: 1 }]);
  });

  test("a container that ignores the stop signal is killed after its own time-out", async () => {
    await open(() => ({ ignoresStop: true }));
    await machine.engine.assign([taskPayload(1, { containers: [containerPayload("app", { stopTimeout: 5 })] })], 1);
    await settled();
    await machine.engine.stop([arn]);
    await machine.pass(4999);
    expect(machine.statuses(1)).toEqual({ app: "RUNNING" });
    await machine.pass(1);
    expect(machine.reports.of(arn).at(-1)?.containers).toMatchObject([{ exitCode: 137 }]);
  });

  test("dynamic host ports are reported as the runtime bound them", async () => {
    await open();
    const portMappings = [{ containerPort: 80, hostPort: 0, protocol: "tcp" as const }];
    await machine.engine.assign([taskPayload(1, { containers: [containerPayload("app", { portMappings })] })], 1);
    await settled();
    expect(machine.reports.of(arn)[0]?.containers?.[0]?.networkBindings).toEqual([
      { bindIP: "0.0.0.0", containerPort: 80, hostPort: 32768, protocol: "tcp" },
    ]);
  });

  describe("a range of ports", () => {
    const foreign = (...hostPorts: number[]) => ({
      ...pauseSpec(knownTask(vpcPayload(9)), { name: "x", runtimeName: "foreign", status: "NONE" }, "x", undefined, {}),
      ports: hostPorts.map((hostPort) => ({ containerPort: hostPort, hostPort, protocol: "tcp" as const })),
    });
    const withPorts = (id: number, ...portMappings: NonNullable<ChannelTaskDefinitionContainer["portMappings"]>) =>
      taskPayload(id, { containers: [containerPayload("app", { portMappings })] });
    const range = { containerPortRange: "90-91", protocol: "tcp" as const };
    const bound = (id: number) => machine.task(id)?.containers[0]?.bindings?.map(({ hostPortRange }) => hostPortRange);

    test("whose ports somebody else has gets others, in a container made anew", async () => {
      await open();
      await machine.runtime.start(await machine.runtime.create(foreign(32_768, 32_771)));
      await machine.engine.assign([withPorts(1, range)], 1);
      await settled();
      await settled();
      expect(bound(1)).toEqual(["32772-32773"]);
      expect(machine.runtime.containers).toHaveLength(2);
      const { runtimeId } = machine.task(1)?.containers[0] ?? {};
      expect(machine.container("app")?.id).toBe(runtimeId);
      expect(statusesReported()).toEqual(["RUNNING"]);
    });

    test("goes past the ports that other tasks have asked for", async () => {
      await open();
      const fixed = { containerPort: 80, hostPort: 32_769, protocol: "tcp" as const };
      await machine.engine.assign([withPorts(1, fixed), withPorts(2, range)], 1);
      await settled();
      expect(bound(2)).toEqual(["32770-32771"]);
    });

    test("is of no help where a fixed port is taken", async () => {
      await open();
      await machine.runtime.start(await machine.runtime.create(foreign(8080)));
      const fixed = { containerPort: 80, hostPort: 8080, protocol: "tcp" as const };
      await machine.engine.assign([withPorts(1, range, fixed)], 1);
      await settled();
      expect(machine.reports.of(arn)[0]?.containers?.[0]?.reason).toContain("Bind for 0.0.0.0:8080 failed");
    });
  });

  test("volumes of a task whose container could not be made go too", async () => {
    let made: readonly string[] = [];
    await open(({ mounts }) => {
      if (mounts !== undefined) made = machine.runtime.volumes;
      return { failCreate: new ContainerFailure("CannotCreateContainerError", "no") };
    });
    const mountPoints = [{ sourceVolume: "data", containerPath: "/data", readOnly: false }];
    const containers = [containerPayload("app", { mountPoints })];
    await machine.engine.assign([taskPayload(1, { containers, volumes: [{ name: "data", host: {} }] })], 1);
    await settled();
    expect(made).toHaveLength(1);
    expect(machine.runtime.volumes).toEqual([]);
  });

  test("volumes without a path live as long as the task", async () => {
    await open();
    const mountPoints = [{ sourceVolume: "data", containerPath: "/data", readOnly: false }];
    const payload = taskPayload(1, {
      containers: [containerPayload("app", { mountPoints })],
      volumes: [{ name: "data", host: {} }],
    });
    await machine.engine.assign([payload], 1);
    await settled();
    expect(machine.runtime.volumes).toEqual([machine.runtime.containers[0]?.spec.mounts[0]?.source]);
    await machine.engine.assign([stopPayload(1)], 2);
    await settled();
    expect(machine.runtime.volumes).toEqual([]);
  });
});

describe("awsvpc", () => {
  test("a pause container holds the address; it comes first, goes last, and is not reported", async () => {
    await open(({ image }) => (image === "pause" ? { stopExitCode: 137 } : { stopMs: 1000 }));
    await machine.engine.assign([vpcPayload(1)], 1);
    await settled();
    const pause = machine.container("~internal~ecs~pause");
    expect(pause?.spec.network).toMatchObject({ mode: "vpc", address: "172.31.0.4", network: "vpc-172.31.0.0/16" });
    expect(machine.container("app")?.spec.network).toEqual({ mode: "container", containerId: pause?.id });
    expect(machine.reports.of(arn)).toMatchObject([{ status: "RUNNING", containers: [{ containerName: "app" }] }]);
    expect(machine.reports.of(arn)[0]?.containers).toHaveLength(1);

    await machine.engine.stop([arn]);
    await machine.pass(999);
    expect(machine.statuses(1)).toEqual({ "~internal~ecs~pause": "RUNNING", app: "RUNNING" });
    await machine.pass(1);
    expect(statusesReported()).toEqual(["RUNNING", "STOPPED"]);
    expect(machine.runtime.containers).toEqual([]);
  });

  test("without its pause container a task does not go on", async () => {
    await open();
    await machine.engine.assign([vpcPayload(1)], 1);
    await settled();
    machine.container("~internal~ecs~pause")?.end(137);
    await settled();
    expect(machine.reports.of(arn).at(-1)).toMatchObject({ status: "STOPPED" });
  });

  test("a pause container that cannot be started is the task's reason, since nobody else sees it", async () => {
    const failStart = new ContainerFailure("CannotStartContainerError", "Address already in use");
    await open(({ image }) => (image === "pause" ? { failStart } : {}));
    await machine.engine.assign([vpcPayload(1)], 1);
    await settled();
    expect(machine.reports.of(arn)).toMatchObject([
      { status: "STOPPED", reason: "CannotStartContainerError: Address already in use" },
    ]);
    expect(machine.runtime.containers).toEqual([]);
  });
});

describe("what goes wrong", () => {
  const failure = (name: string) => new ContainerFailure(name, "because");
  test.each([
    ["pull", { failPull: failure("CannotPullContainerError") }, "CannotPullContainerError: because"],
    ["create", { failCreate: failure("CannotCreateContainerError") }, "CannotCreateContainerError: because"],
    ["start", { failStart: failure("CannotStartContainerError") }, "CannotStartContainerError: because"],
  ])("at %s is the container's reason, and leaves nothing behind", async (_what, program, reason) => {
    await open(() => program);
    await machine.engine.assign([taskPayload(1)], 1);
    await settled();
    expect(machine.reports.of(arn)).toMatchObject([
      { status: "STOPPED", reason: "", containers: [{ status: "STOPPED", reason }] },
    ]);
    expect(machine.reports.of(arn)[0]?.containers?.[0]).not.toHaveProperty("exitCode");
    expect(machine.runtime.containers).toEqual([]);
  });

  test("a container that was killed for memory says so", async () => {
    await open(() => ({ exitAfterMs: 100, exitCode: 137, outOfMemory: true }));
    await machine.engine.assign([taskPayload(1)], 1);
    await machine.pass(100);
    expect(machine.reports.of(arn).at(-1)?.containers).toMatchObject([
      { exitCode: 137, reason: "OutOfMemoryError: Container killed due to memory usage" },
    ]);
  });

  test("a container that somebody removed has vanished", async () => {
    await open();
    await machine.engine.assign([taskPayload(1)], 1);
    await settled();
    await machine.runtime.remove(machine.runtime.containers[0]?.id ?? "");
    await settled();
    expect(machine.reports.of(arn).at(-1)?.containers?.[0]?.reason).toMatch(/^ContainerVanishedError: /);
  });

  test.each([
    [
      "a cycle",
      [containerPayload("a", { links: ["b"] }), containerPayload("b", { links: ["a"] })],
      /^Task dependencies cannot be resolved, taskArn: arn/,
    ],
    [
      "credential specs, which this agent cannot provide",
      [containerPayload("a", { credentialSpecs: ["credentialspec:file://spec.json"] })],
      /credential specs are not provided by this agent$/,
    ],
    ["no containers", [], /^UnrecogniedTaskError: /],
    [
      "more than the machine has",
      [containerPayload("a", { cpu: 9999 })],
      /^resource cannot be initialized for task arn/,
    ],
  ])("a task with %s is reported with the reason", async (_what, containers, reason) => {
    await open();
    await machine.engine.assign([taskPayload(1, { containers })], 1);
    await settled();
    expect(machine.reports.of(arn)).toMatchObject([
      { status: "STOPPED", reason: expect.stringMatching(reason) as string },
    ]);
    expect(machine.engine.tasks()).toEqual([]);
  });

  test("a wish to stop what is not known is answered with one STOPPED", async () => {
    await open();
    await machine.engine.assign([stopPayload(1), taskPayload(2, { desiredStatus: "STOPPED" })], 1);
    await settled();
    expect(machine.reports.accepted).toMatchObject([
      {
        task: taskArnOf(1),
        status: "STOPPED",
        reason: "TaskStateError: Agent could not progress task's state to stopped",
      },
      { task: taskArnOf(2), status: "STOPPED", reason: "", containers: [{ containerName: "app", status: "STOPPED" }] },
    ]);
  });

  test("a stop during a pull ends the pull", async () => {
    await open(() => ({ pullMs: 60_000 }));
    await machine.engine.assign([taskPayload(1)], 1);
    await settled();
    await machine.engine.assign([stopPayload(1)], 2);
    await settled();
    expect(machine.reports.of(arn)).toMatchObject([{ status: "STOPPED", containers: [{ status: "STOPPED" }] }]);
    expect(machine.reports.of(arn)[0]?.containers?.[0]).not.toHaveProperty("reason");
  });
});

describe("the way to the control plane", () => {
  test("state changes are sent until they are accepted, and containers stay as long", async () => {
    await open(() => ({ exitAfterMs: 1000, exitCode: 4 }));
    machine.reports.isAway = true;
    await machine.engine.assign([taskPayload(1)], 1);
    await machine.pass(60_000, 500);
    expect(machine.runtime.containers).toHaveLength(1);
    machine.reports.isAway = false;
    await machine.pass(60_000, 500);
    expect(statusesReported()).toEqual(["RUNNING", "STOPPED"]);
    expect(machine.runtime.containers).toEqual([]);
  });

  test("a change that is refused for good is dropped, and the next one is sent", async () => {
    await open();
    machine.reports.refused.add(arn);
    await machine.engine.assign([taskPayload(1)], 1);
    await settled();
    machine.reports.refused.clear();
    await machine.engine.stop([arn]);
    await settled();
    expect(statusesReported()).toEqual(["STOPPED"]);
  });

  test("a manifest names what should be here; the rest is proposed to be stopped", async () => {
    await open();
    await machine.engine.assign([taskPayload(1), taskPayload(2)], 5);
    const listed = [{ taskArn: taskArnOf(2), taskClusterArn: "", desiredStatus: "RUNNING" as const }];
    expect(await machine.engine.compare(listed, 5)).toEqual({ outdated: true });
    expect(await machine.engine.compare(listed, 6)).toEqual({ outdated: false, stopCandidates: [{ taskArn: arn }] });
    expect(machine.state.facts().sequenceNumber).toBe(6);
  });
});

describe("hooks", () => {
  test("stand round a container's life, and removal waits for them", async () => {
    const calls: string[] = [];
    let settle: () => void = () => undefined;
    await open(() => ({}), {
      hooks: [
        {
          beforeCreate: (_container, spec) => ({ ...spec, environment: { ...spec.environment, HOOKED: "1" } }),
          started: ({ container }) => void calls.push(`started ${container.name}`),
          stopped: ({ container }) => void calls.push(`stopped ${container.name}`),
          settled: () => new Promise<void>((resolve) => (settle = resolve)),
          forgotten: () => void calls.push("forgotten"),
        },
      ],
    });
    await machine.engine.assign([vpcPayload(1)], 1);
    await settled();
    expect(machine.container("app")?.spec.environment).toHaveProperty("HOOKED", "1");
    await machine.engine.stop([arn]);
    await settled();
    expect(calls).toEqual(["started app", "stopped app"]);
    expect(machine.runtime.containers).toHaveLength(2);
    settle();
    await settled();
    expect(machine.runtime.containers).toEqual([]);
    expect(calls.at(-1)).toBe("forgotten");
  });

  test("are told of every container again when the agent was restarted", async () => {
    const calls: string[] = [];
    await open(() => ({}), { hooks: [{ started: ({ runtimeId }) => void calls.push(runtimeId) }] });
    await machine.engine.assign([taskPayload(1)], 1);
    await settled();
    await machine.restartAgent();
    expect(calls).toHaveLength(2);
    expect(calls[0]).toBe(calls[1]);
  });
});

describe("dependencies and health", () => {
  test("a container waits for another one's health, and goes before it", async () => {
    await open(({ image }) => (image === "db" ? { health: [{ afterMs: 3000, health: "HEALTHY" }] } : { stopMs: 100 }));
    const containers = [
      containerPayload("app", { dependsOn: [{ containerName: "db", condition: "HEALTHY" }] }),
      containerPayload("db", {
        healthCheckType: "docker",
        dockerConfig: { version: "1.18", config: '{"Healthcheck":{"Test":["CMD","true"]}}', hostConfig: "{}" },
      }),
    ];
    let told = 0;
    machine.engine.onHealthChange(() => (told += 1));
    await machine.engine.assign([taskPayload(1, { containers })], 1);
    await machine.pass(2999);
    expect(machine.statuses(1)).toEqual({ app: "PULLED", db: "RUNNING" });
    expect(machine.reports.of(arn)).toMatchObject([
      { status: "PENDING", containers: [{ containerName: "db", status: "RUNNING" }] },
    ]);
    await machine.pass(1);
    expect(machine.statuses(1)).toEqual({ app: "RUNNING", db: "RUNNING" });
    expect(told).toBeGreaterThan(0);
    expect(machine.engine.health()).toMatchObject([
      { taskArn: arn, containers: [{ containerName: "db", healthStatus: "HEALTHY" }] },
    ]);
    await machine.engine.stop([arn]);
    await machine.pass(99);
    expect(machine.statuses(1)).toEqual({ app: "RUNNING", db: "RUNNING" });
    await machine.pass(1);
    expect(machine.runtime.containers).toEqual([]);
  });

  test("a dependency that fails ends the task with the reason in it", async () => {
    await open(({ image }) => (image === "init" ? { exitAfterMs: 10, exitCode: 1 } : {}));
    const containers = [
      containerPayload("app", { dependsOn: [{ containerName: "init", condition: "SUCCESS" }] }),
      containerPayload("init", { essential: false }),
    ];
    await machine.engine.assign([taskPayload(1, { containers })], 1);
    await settled();
    await machine.pass(10);
    expect(
      machine.reports
        .of(arn)
        .at(-1)
        ?.containers?.find(({ containerName }) => containerName === "app"),
    ).toMatchObject({
      status: "STOPPED",
      exitCode: 143,
      reason:
        "CannotStartContainerError: dependency graph: failed to resolve container ordering dependency [init(init) (STOPPED->RUNNING) - Exit: 1] for target [app(app) (PULLED->RUNNING)] as dependency did not exit successfully.",
    });
  });

  test("a start time-out ends the waiting without any event", async () => {
    await open();
    const containers = [
      containerPayload("app", { dependsOn: [{ containerName: "init", condition: "COMPLETE" }] }),
      containerPayload("init", { startTimeout: 20 }),
    ];
    await machine.engine.assign([taskPayload(1, { containers })], 1);
    await settled();
    await machine.pass(19_999);
    expect(machine.statuses(1)["app"]).toBe("PULLED");
    await machine.pass(1);
    expect(machine.reports.of(arn).at(-1)?.containers?.[0]?.reason).toMatch(/has timed out\.$/);
  });

  test("a restart policy starts a container again without a word to the control plane", async () => {
    await open(() => ({ exitAfterMs: 60_000, exitCode: 1 }));
    const restartPolicy = { enabled: true, restartAttemptPeriod: 60 };
    await machine.engine.assign([taskPayload(1, { containers: [containerPayload("app", { restartPolicy })] })], 1);
    await settled();
    await machine.pass(60_000);
    await machine.pass(60_000);
    expect(machine.task(1)?.containers[0]).toMatchObject({ status: "RUNNING", restarts: 2 });
    expect(statusesReported()).toEqual(["RUNNING"]);
    machine.container("app")?.end(1);
    await settled();
    expect(statusesReported()).toEqual(["RUNNING", "STOPPED"]);
  });

  test("a task that is stopped while a container starts again says nothing of a failed start", async () => {
    const program: { exitAfterMs: number; exitCode: number; failStart?: ContainerFailure } = {
      exitAfterMs: 60_000,
      exitCode: 1,
    };
    await open(() => program);
    const restartPolicy = { enabled: true, restartAttemptPeriod: 60 };
    await machine.engine.assign([taskPayload(1, { containers: [containerPayload("app", { restartPolicy })] })], 1);
    await settled();
    program.failStart = new ContainerFailure("CannotStartContainerError", "not now", { retriable: true });
    await machine.pass(60_000);
    expect(machine.statuses(1)["app"]).toBe("RUNNING");
    await machine.engine.stop([arn]);
    await settled();
    expect(machine.reports.of(arn).at(-1)).toMatchObject({ status: "STOPPED" });
    expect(machine.reports.of(arn).at(-1)?.containers?.[0]?.reason).toBeUndefined();
  });
});

describe("the machine's share", () => {
  test("a task waits until there is room, and those behind it wait with it", async () => {
    await open();
    const sized = (id: number, cpu: number) => taskPayload(id, { containers: [containerPayload("app", { cpu })] });
    await machine.engine.assign([sized(1, 3000), sized(2, 2000), sized(3, 10)], 1);
    await settled();
    expect([1, 2, 3].map((id) => machine.statuses(id)["app"])).toEqual(["RUNNING", "NONE", "NONE"]);
    await machine.engine.stop([arn]);
    await settled();
    expect([2, 3].map((id) => machine.statuses(id)["app"])).toEqual(["RUNNING", "RUNNING"]);
  });

  test("no more starts at a time than the engine takes", async () => {
    await open(() => ({ startMs: 100 }));
    await machine.engine.assign(
      Array.from({ length: 20 }, (_, id) => taskPayload(id + 1)),
      1,
    );
    await settled();
    expect(machine.runtime.containers).toHaveLength(8);
    await machine.pass(300, 100);
    expect(machine.runtime.containers.filter(({ isRunning }) => isRunning)).toHaveLength(20);
  });
});

describe("the container engine goes away", () => {
  test("and comes back with everything dead: exit codes are told then", async () => {
    await open();
    await machine.engine.assign([taskPayload(1), taskPayload(2)], 1);
    await settled();
    machine.runtime.goDown(137);
    await machine.pass(60_000, 1000);
    expect(statusesReported()).toEqual(["RUNNING"]);
    machine.runtime.comeBack();
    await machine.pass(5000, 1000);
    expect(machine.reports.of(arn).at(-1)).toMatchObject({ status: "STOPPED", containers: [{ exitCode: 137 }] });
    expect(machine.runtime.containers).toEqual([]);
  });

  test("and comes back with everything alive: nothing is told", async () => {
    await open();
    await machine.engine.assign([taskPayload(1)], 1);
    await settled();
    machine.runtime.goDown();
    await machine.pass(10_000, 1000);
    machine.runtime.comeBack();
    await machine.pass(10_000, 1000);
    expect(statusesReported()).toEqual(["RUNNING"]);
    machine.container("app")?.end(9);
    await settled();
    expect(machine.reports.of(arn).at(-1)?.containers).toMatchObject([{ exitCode: 9 }]);
  });

  test("while tasks begin and end: both go on when it is back", async () => {
    await open();
    await machine.engine.assign([taskPayload(1)], 1);
    await settled();
    machine.runtime.goDown();
    await settled();
    await machine.engine.assign([stopPayload(1), taskPayload(2)], 2);
    await machine.pass(120_000, 1000);
    machine.runtime.comeBack();
    await machine.pass(10_000, 1000);
    expect(statusesReported()).toEqual(["RUNNING", "STOPPED"]);
    expect(machine.statuses(2)).toEqual({ app: "RUNNING" });
  });

  test("for too long: what should have begun ends, with the engine's word as the reason", async () => {
    await open();
    machine.runtime.goDown();
    await settled();
    await machine.engine.assign([taskPayload(1)], 1);
    await machine.pass(310_000, 10_000);
    expect(machine.reports.of(arn)).toMatchObject([
      {
        status: "STOPPED",
        containers: [{ reason: expect.stringMatching(/^CannotPullContainerError: Cannot connect/) as string }],
      },
    ]);
  });
});

describe("a restart of the agent", () => {
  test("adopts what runs, reports what ended meanwhile and what is not there any more", async () => {
    await open();
    await machine.engine.assign([taskPayload(1), taskPayload(2), taskPayload(3)], 1);
    await settled();
    const [first, second] = machine.runtime.containers;
    await machine.engine.close();
    first?.end(5);
    await machine.runtime.remove(second?.id ?? "");
    await machine.restartAgent();
    expect(machine.reports.of(arn).at(-1)).toMatchObject({ status: "STOPPED", containers: [{ exitCode: 5 }] });
    expect(machine.reports.of(taskArnOf(2)).at(-1)?.containers?.[0]?.reason).toMatch(/^ContainerVanishedError/);
    expect(machine.reports.of(taskArnOf(3)).map(({ status }) => status)).toEqual(["RUNNING"]);
    expect(machine.runtime.containers).toHaveLength(1);
  });

  test("removes containers of ours that nobody knows, and no others", async () => {
    await open();
    const spec = {
      image: "x",
      environment: {},
      cpuShares: 0,
      memoryMiB: 0,
      network: { mode: "none" as const },
      ports: [],
      mounts: [],
      volumesFrom: [],
      links: [],
      dockerConfig: {},
      dockerHostConfig: {},
    };
    await machine.runtime.create({ ...spec, name: "ours", labels: { "dev.hatoba.agent": "agent-1" } });
    await machine.runtime.create({ ...spec, name: "of-another", labels: { "dev.hatoba.agent": "agent-2" } });
    await machine.restartAgent();
    expect(machine.runtime.containers.map(({ spec: { name } }) => name)).toEqual(["of-another"]);
  });

  test("counts what runs against the machine", async () => {
    await open();
    const sized = (id: number) => taskPayload(id, { containers: [containerPayload("app", { cpu: 3000 })] });
    await machine.engine.assign([sized(1)], 1);
    await settled();
    await machine.restartAgent();
    await machine.engine.assign([sized(2)], 2);
    await settled();
    expect(machine.statuses(2)).toEqual({ app: "NONE" });
  });
});

test("a shared volume that is to be there already has to be; the task says so, not the container", async () => {
  const payload = (id: number, autoprovision: boolean) =>
    taskPayload(id, {
      containers: [
        containerPayload("app", { mountPoints: [{ sourceVolume: "kept", containerPath: "/k", readOnly: false }] }),
      ],
      volumes: [{ name: "kept", type: "docker", dockerVolumeConfiguration: { scope: "shared", autoprovision } }],
    });
  const machine = await openMachine();
  await machine.engine.assign([payload(1, false)], 1);
  await machine.pass(1000);
  const [last] = machine.reports.of(taskArnOf(1)).slice(-1);
  expect(last).toMatchObject({
    status: "STOPPED",
    reason:
      "initialize volume: volume detection failed, volume 'kept' does not exist and autoprovision is set to false",
  });
  expect(last?.containers?.[0]).not.toHaveProperty("reason");
  await machine.engine.assign([payload(2, true)], 2);
  await machine.engine.assign([payload(3, false)], 3);
  await machine.pass(1000);
  expect(machine.statuses(3)).toEqual({ app: "RUNNING" });
});
