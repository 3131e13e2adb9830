import { expect, test } from "vitest";
import {
  exampleCluster,
  exampleClusterArn,
  exampleContainerInstance,
  exampleContainerInstanceArn,
  examplePlace,
} from "../../model/examples.ts";
import { MemoryStore } from "../../store/memory-store.ts";
import { ssmRights } from "./ssm-rights.ts";

const [known, bare] = [exampleContainerInstanceArn(1), exampleContainerInstanceArn(2)];
const store = new MemoryStore();
const { ec2InstanceId: _none, ...withoutId } = exampleContainerInstance();
await store.commit([
  { kind: "cluster", arn: exampleClusterArn, expected: 0, value: exampleCluster() },
  { kind: "containerInstance", arn: known, expected: 0, value: exampleContainerInstance({ ec2InstanceId: "mi-0a" }) },
  { kind: "containerInstance", arn: bare, expected: 0, value: withoutId },
]);
const machine = "arn:aws:ssm:us-east-1:000000000000:managed-instance/mi-0a";
const idOf = (arn: string) => arn.slice(arn.lastIndexOf("/") + 1);

test.each([
  ["its id", "mi-0a", machine],
  ["its container instance's ARN", known, machine],
  ["its container instance's id", idOf(known), machine],
  ["something in front of that id", `i-00000000000000001/${idOf(known)}`, machine],
  ["the container instance, having no id of its own", idOf(bare), bare],
  ["a name that nothing has", "i-0f", "arn:aws:ec2:us-east-1:000000000000:instance/i-0f"],
])("a session on a machine needs the right on the machine, called by %s", (_by, Target, resource) => {
  const scope = { place: examplePlace, snapshot: store.snapshot() };
  expect(ssmRights["StartSession"]?.({ Target }, scope)).toMatchObject([{ resource }]);
});

const ssm = "arn:aws:ssm:us-east-1";
test.each([
  [undefined, []],
  ["SSM-SessionManagerRunShell", [`${ssm}:000000000000:document/SSM-SessionManagerRunShell`]],
  ["AWS-StartPortForwardingSession", [`${ssm}::document/AWS-StartPortForwardingSession`]],
  [`${ssm}:1:document/X`, [`${ssm}:1:document/X`]],
])("a session by the document %s needs the right on it as well", (DocumentName, documents) => {
  const scope = { place: examplePlace, snapshot: store.snapshot() };
  const keys = { "ssm:SessionDocumentAccessCheck": String(DocumentName !== undefined) };
  expect(ssmRights["StartSession"]?.({ Target: "mi-0a", ...(DocumentName ? { DocumentName } : {}) }, scope)).toEqual(
    [machine, ...documents].map((resource) => ({ resource, keys })),
  );
});

test("who lets machines join needs the right to pass them their role", () => {
  const scope = { place: examplePlace, snapshot: store.snapshot() };
  expect(ssmRights["CreateActivation"]?.({ IamRole: "machines" }, scope)).toEqual([
    { resource: "*" },
    {
      action: "iam:PassRole",
      resource: "arn:aws:iam::000000000000:role/machines",
      keys: { "iam:PassedToService": "ssm.amazonaws.com" },
    },
  ]);
});
