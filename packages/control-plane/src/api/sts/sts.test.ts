import { AssumeRoleCommand, GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { afterAll, beforeAll, expect, test } from "vitest";
import { clientOptions, startTestServer } from "../http/server.fixture.ts";
import type { RunningServer } from "../http/server.ts";
import { stsService } from "./service.ts";

let server: RunningServer;
let client: STSClient;
beforeAll(async () => {
  server = await startTestServer({ services: [stsService] });
  client = new STSClient(clientOptions(server));
});
afterAll(async () => {
  client.destroy();
  await server.close();
});

test("says who calls", async () => {
  const identity = await client.send(new GetCallerIdentityCommand({}));
  expect(identity).toMatchObject({
    Account: "000000000000",
    Arn: "arn:aws:iam::000000000000:root",
    UserId: "000000000000",
  });
  expect(identity.$metadata.requestId).toMatch(/^[0-9a-f-]{36}$/);
});

test("refuses what is not built", async () => {
  const assume = client.send(
    new AssumeRoleCommand({ RoleArn: "arn:aws:iam::000000000000:role/x", RoleSessionName: "me" }),
  );
  await expect(assume).rejects.toMatchObject({ name: "UnsupportedOperation", $fault: "client" });
});
