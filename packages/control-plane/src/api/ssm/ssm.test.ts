import { beforeEach, describe, expect, test } from "vitest";
import { MachineKeys } from "../../credentials/machine-keys.ts";
import { activationKey } from "../../model/activation.ts";
import {
  exampleActivation,
  exampleClusterArn,
  exampleContainerInstance,
  exampleContainerInstanceArn,
  exampleManagedInstance,
} from "../../model/examples.ts";
import { managedInstanceKey } from "../../model/managed-instance.ts";
import { ManualClock } from "../../platform/clock.ts";
import { exampleContext, given, refusal } from "../ecs/example-context.ts";
import type { OperationContext } from "../operation-context.ts";
import { operations } from "./operations.ts";

const hour = 3_600_000;
const machineKeys = new MachineKeys(Buffer.alloc(32, 7));
let clock: ManualClock;
let context: OperationContext & { machineKeys: MachineKeys };
beforeEach(() => {
  clock = new ManualClock();
  context = { ...exampleContext({ clock, remoteAddress: "::ffff:10.0.0.9" }), machineKeys };
});

const create = (input: object = {}) => operations.CreateActivation({ IamRole: "machines", ...input }, context);
const join = ({ ActivationId = "", ActivationCode = "" }: Awaited<ReturnType<typeof create>>) =>
  operations.RegisterManagedInstance({ ActivationId, ActivationCode, PlatformType: "Linux" }, context);
const machines = () => context.store.snapshot().list("managedInstance");
const activations = async (input: object = {}) =>
  (await operations.DescribeActivations(input, context)).ActivationList ?? [];

describe("an activation", () => {
  test("tells its code once, and keeps its hash alone", async () => {
    const made = await create({ Description: "rack 4", DefaultInstanceName: "rack", Tags: [{ Key: "k", Value: "v" }] });
    expect(made.ActivationCode).toMatch(/^[A-Z2-7]{24}$/);
    expect(JSON.stringify(context.store.snapshot().list("activation"))).not.toContain(made.ActivationCode);
    expect(await activations()).toEqual([
      {
        ActivationId: made.ActivationId,
        Description: "rack 4",
        DefaultInstanceName: "rack",
        IamRole: "machines",
        RegistrationLimit: 1,
        RegistrationsCount: 0,
        CreatedDate: new Date(clock.now()),
        ExpirationDate: new Date(clock.now() + 24 * hour),
        Expired: false,
        Tags: [{ Key: "k", Value: "v" }],
      },
    ]);
    clock.advance(24 * hour);
    expect((await activations())[0]?.Expired).toBe(true);
  });

  test("cannot have expired already, nor last longer than thirty days", async () => {
    for (const at of [clock.now(), clock.now() + 31 * 24 * hour]) {
      expect(await refusal(create({ ExpirationDate: new Date(at) }))).toMatch(/^InvalidParameters:/);
    }
    await create({ ExpirationDate: new Date(clock.now() + 30 * 24 * hour) });
  });

  test("is listed by filters, page by page, and deleted", async () => {
    const ids = [];
    for (const IamRole of ["a", "b", "a"]) ids.push((await create({ IamRole })).ActivationId);
    const byRole = await activations({ Filters: [{ FilterKey: "IamRole", FilterValues: ["a", "c"] }] });
    expect(byRole.map(({ ActivationId }) => ActivationId)).toEqual([ids[0], ids[2]]);
    const first = await operations.DescribeActivations({ MaxResults: 2 }, context);
    const second = await operations.DescribeActivations({ MaxResults: 2, NextToken: first.NextToken }, context);
    expect([first.ActivationList?.length, second.ActivationList?.length, second.NextToken]).toEqual([2, 1, undefined]);
    expect(await refusal(operations.DescribeActivations({ NextToken: "?" }, context))).toMatch(/^InvalidNextToken/);
    await operations.DeleteActivation({ ActivationId: ids[0] }, context);
    expect(await activations()).toHaveLength(2);
    expect(await refusal(operations.DeleteActivation({ ActivationId: ids[0] }, context))).toMatch(
      /^InvalidActivationId/,
    );
  });
});

describe("joining", () => {
  test("makes a machine with a key of its own, of which the store has no secret", async () => {
    const { InstanceId, AccessKeyId, SecretAccessKey, Region } = await join(await create());
    expect(InstanceId).toMatch(/^mi-[0-9a-f]{17}$/);
    expect(Region).toBe("us-east-1");
    expect(machines().map(({ value }) => value)).toMatchObject([
      { instanceId: InstanceId, accessKeyId: AccessKeyId, iamRole: "machines", ipAddress: "10.0.0.9" },
    ]);
    expect(JSON.stringify(machines())).not.toContain(SecretAccessKey);
    expect(machineKeys.keyOf(InstanceId, machines()[0]?.value.keySalt ?? "").secretAccessKey).toBe(SecretAccessKey);
  });

  test("tells a wrong code and an unknown id alike", async () => {
    const made = await create();
    const wrong = await refusal(join({ ...made, ActivationCode: "A".repeat(24) }));
    expect(wrong).toMatch(/^InvalidActivation: There is no such activation/);
    expect(await refusal(join({ ...made, ActivationId: "0" }))).toBe(wrong);
    expect(machines()).toEqual([]);
  });

  test("ends with the activation", async () => {
    const made = await create();
    clock.advance(24 * hour);
    expect(await refusal(join(made))).toMatch(/^InvalidActivation: The activation is expired/);
  });

  test("counts exactly, however many come at once", async () => {
    const made = await create({ RegistrationLimit: 3 });
    const answers = await Promise.allSettled(Array.from({ length: 10 }, () => join(made)));
    expect(answers.filter(({ status }) => status === "fulfilled")).toHaveLength(3);
    expect(machines()).toHaveLength(3);
    expect(await activations()).toMatchObject([{ RegistrationsCount: 3, RegistrationLimit: 3 }]);
    expect(await refusal(join(made))).toContain("as many have joined");
  });
});

describe("joined machines", () => {
  const id = "mi-00000000000000001";
  beforeEach(async () => {
    await given(
      context,
      { kind: "activation", arn: activationKey("a"), value: exampleActivation() },
      {
        kind: "managedInstance",
        arn: managedInstanceKey(id),
        value: exampleManagedInstance({ name: "rack", tags: [{ Key: "team", Value: "red" }], platformType: "Linux" }),
      },
      {
        kind: "containerInstance",
        arn: exampleContainerInstanceArn(1),
        value: exampleContainerInstance({
          clusterArn: exampleClusterArn,
          ec2InstanceId: id,
          agentConnected: true,
          versionInfo: { agentVersion: "1.0.0" },
        }),
      },
      {
        kind: "managedInstance",
        arn: managedInstanceKey("mi-2"),
        value: exampleManagedInstance({ instanceId: "mi-2", accessKeyId: "AKIA2" }),
      },
    );
  });
  const found = async (input: object = {}) =>
    (await operations.DescribeInstanceInformation(input, context)).InstanceInformationList ?? [];
  const ids = async (input: object) => (await found(input)).map(({ InstanceId }) => InstanceId);

  test("are Online as long as their agent is connected", async () => {
    const [machine, other] = await found();
    expect(machine).toMatchObject({
      InstanceId: id,
      PingStatus: "Online",
      AgentVersion: "1.0.0",
      PlatformType: "Linux",
      ResourceType: "ManagedInstance",
      Name: "rack",
    });
    expect(other).toMatchObject({ InstanceId: "mi-2", PingStatus: "ConnectionLost" });
  });

  test.each<readonly [object, readonly string[]]>([
    [{ Filters: [{ Key: "PingStatus", Values: ["Online"] }] }, [id]],
    [{ Filters: [{ Key: "InstanceIds", Values: ["mi-2", "mi-9"] }] }, ["mi-2"]],
    [{ Filters: [{ Key: "tag:team", Values: ["red"] }] }, [id]],
    [{ Filters: [{ Key: "tag-key", Values: ["team"] }] }, [id]],
    [{ Filters: [{ Key: "AssociationStatus", Values: ["Success"] }] }, []],
    [{ InstanceInformationFilterList: [{ key: "PlatformTypes", valueSet: ["Linux"] }] }, [id]],
  ])("are found by %j", async (input, expected) => {
    expect(await ids(input)).toEqual(expected);
  });

  test.each<readonly [object, RegExp]>([
    [{ Filters: [{ Key: "Colour", Values: ["red"] }] }, /^InvalidFilterKey/],
    [{ Filters: [{ Key: "PingStatus", Values: ["online"] }] }, /^InvalidInstanceInformationFilterValue/],
    [
      {
        Filters: [{ Key: "InstanceIds", Values: ["mi-2"] }],
        InstanceInformationFilterList: [{ key: "InstanceIds", valueSet: ["mi-2"] }],
      },
      /^ValidationException/,
    ],
  ])("are not found by %j", async (input, expected) => {
    expect(await refusal(found(input))).toMatch(expected);
  });

  test("are gone once they are deregistered", async () => {
    await operations.DeregisterManagedInstance({ InstanceId: id }, context);
    expect(await ids({})).toEqual(["mi-2"]);
    expect(await refusal(operations.DeregisterManagedInstance({ InstanceId: id }, context))).toMatch(
      /^InvalidInstanceId/,
    );
  });
});
