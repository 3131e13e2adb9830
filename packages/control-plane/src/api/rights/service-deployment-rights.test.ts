import * as ecs from "@aws-sdk/client-ecs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { exampleRole } from "../../model/examples.ts";
import { roleKey } from "../../model/role.ts";
import { openSignedHouse } from "./signed-house.fixture.ts";

const ecsArn = (resource: string) => `arn:aws:ecs:us-east-1:000000000000:${resource}`;
const roleArn = (name: string) => `arn:aws:iam::000000000000:role/${name}`;
const deploymentOf = (service: string) => ecsArn(`service-deployment/red/${service}/0123456789abcdef`);

let house: Awaited<ReturnType<typeof openSignedHouse>>;
beforeAll(async () => {
  house = await openSignedHouse();
});
afterAll(() => house.close());

/** A client of a session of a new role that may do this. */
async function having(roleName: string, statement: object): Promise<ecs.ECSClient> {
  const policyDocument = JSON.stringify({
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Resource: "*", ...statement }],
  });
  const value = exampleRole({
    roleName,
    arn: roleArn(roleName),
    inlinePolicies: [{ policyName: "own", policyDocument }],
  });
  await house.store.commit([{ kind: "role", arn: roleKey(roleName), expected: 0, value }]);
  return house.as({ roleArn: value.arn, sessionName: "one" }).ecs;
}

const stopping = async (client: ecs.ECSClient, service: string) => {
  const call = client.send(new ecs.StopServiceDeploymentCommand({ serviceDeploymentArn: deploymentOf(service) }));
  return call.then(
    () => "done",
    (error: unknown) => (error instanceof Error ? `${error.name}: ${error.message}` : ""),
  );
};

test("who may stop the deployments of one service may not stop another's", async () => {
  const client = await having("one-service", {
    Action: "ecs:StopServiceDeployment",
    Resource: [ecsArn("service/red/web"), ecsArn("service-deployment/red/web/*")],
  });
  expect(await stopping(client, "web")).toMatch(/^ServiceDeploymentNotFoundException/); // it is let in
  expect(await stopping(client, "api")).toMatch(/^AccessDeniedException: .* on resource: .*:service\/red\/api /);
});

test("a right on the service alone does not reach its deployments", async () => {
  const client = await having("service-alone", {
    Action: "ecs:StopServiceDeployment",
    Resource: ecsArn("service/red/*"),
  });
  expect(await stopping(client, "web")).toMatch(
    /^AccessDeniedException: .* on resource: .*:service-deployment\/red\/web\/0123456789abcdef /,
  );
});

test("a condition on the cluster decides on both", async () => {
  const condition = { ArnEquals: { "ecs:cluster": ecsArn("cluster/red") } };
  const client = await having("in-red", { Action: "ecs:StopServiceDeployment", Condition: condition });
  expect(await stopping(client, "web")).toMatch(/^ServiceDeploymentNotFoundException/);
  const other = await having("in-blue", {
    Action: "ecs:StopServiceDeployment",
    Condition: { ArnEquals: { "ecs:cluster": ecsArn("cluster/blue") } },
  });
  expect(await stopping(other, "web")).toMatch(/^AccessDeniedException/);
});
