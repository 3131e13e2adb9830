import { afterEach, describe, expect, test } from "vitest";
import { Auditor } from "../harness/auditor.ts";
import { faultRun } from "../harness/fault-run.ts";
import { WholeHouse } from "../harness/whole-house.ts";

// Ten thousand tasks at once: bench/ten-thousand-tasks.ts.
test.each([1, 2, 3, 4, 5])(
  "short tasks under faults: no orphan, no duplicate, nothing goes backwards (seed %i)",
  async (seed) => {
    const run = await faultRun({ seed, tasks: 300, machines: 2 + seed });
    expect(run.findings).toEqual([]);
    expect(run.tasks).toBeGreaterThanOrEqual(300);
    expect(run.faults).toMatchObject({ "calls that failed": expect.any(Number), cut: expect.any(Number) });
  },
);

test("the seed decides everything", async () => {
  const [one, same] = [
    await faultRun({ seed: 7, tasks: 100, machines: 4 }),
    await faultRun({ seed: 7, tasks: 100, machines: 4 }),
  ];
  expect(same).toEqual(one);
});

describe("the auditor finds", () => {
  let house: WholeHouse;
  afterEach(() => house.close());

  const turns = async (count: number) => {
    for (let turn = 0; turn < count; turn++) await new Promise<void>((resolve) => setImmediate(resolve));
  };
  async function runningTask(): Promise<string> {
    house = new WholeHouse();
    await house.open(2);
    await house.call("RegisterTaskDefinition", {
      family: "web",
      containerDefinitions: [{ name: "app", image: "app", memory: 32 }],
    });
    const { tasks } = await house.call("RunTask", { taskDefinition: "web" });
    await turns(50);
    return tasks?.[0]?.taskArn ?? "";
  }

  test("a task that runs twice", async () => {
    await runningTask();
    const auditor = new Auditor(house);
    auditor.look();
    const [original] = house.agents.flatMap(({ runtime }) => runtime.containers);
    const elsewhere = house.agents.find(({ runtime }) => runtime.containers.length === 0)?.runtime;
    if (original === undefined || elsewhere === undefined) throw new Error("no container, or no machine without one");
    await elsewhere.start(await elsewhere.create({ ...original.spec, name: "again" }));
    auditor.look();
    expect(auditor.findings).toEqual([expect.stringMatching(/^twice: arn:.* app ran as /)]);
  });

  test("what is left over", async () => {
    const task = await runningTask();
    const auditor = new Auditor(house);
    auditor.lookAtTheEnd();
    expect(auditor.findings).toEqual([
      `never ended: ${task} is RUNNING`,
      expect.stringMatching(/^orphan on arn:.*, RUNNING$/),
      expect.stringMatching(/^held for nothing on arn:/),
    ]);
  });

  test("a status that goes backwards", async () => {
    const task = await runningTask();
    const auditor = new Auditor(house);
    const stored = house.store.snapshot().get("task", task);
    if (stored === undefined) throw new Error("no task");
    const { value, revision } = stored;
    const pending = { ...value, lastStatus: "PENDING" as const };
    await house.store.commit([{ kind: "task", arn: task, expected: revision, value: pending }]);
    expect(auditor.findings).toEqual([`backwards: lastStatus of ${task} from RUNNING to PENDING`]);
  });
});
