import {
  ClusterNotFoundException,
  CreateClusterCommand,
  ECSClient,
  InvalidParameterException,
  ListClustersCommand,
  ListContainerInstancesCommand,
} from "@aws-sdk/client-ecs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { clientOptions, startTestServer } from "./server.fixture.ts";
import type { RunningServer } from "./server.ts";

describe("the real ECS client against an open server", () => {
  let server: RunningServer;
  let client: ECSClient;
  beforeAll(async () => {
    server = await startTestServer();
    client = new ECSClient(clientOptions(server));
  });
  afterAll(async () => {
    client.destroy();
    await server.close();
  });

  test("creates and lists a cluster", async () => {
    const created = await client.send(new CreateClusterCommand({ clusterName: "harbour" }));
    expect(created.cluster).toMatchObject({ clusterName: "harbour", status: "ACTIVE" });
    const listed = await client.send(new ListClustersCommand({}));
    expect(listed.clusterArns).toEqual(["arn:aws:ecs:us-east-1:000000000000:cluster/harbour"]);
    expect(listed.$metadata.requestId).toMatch(/^[0-9a-f-]{36}$/);
  });

  test("gets typed exceptions", async () => {
    const unknown = client.send(new ListContainerInstancesCommand({ cluster: "nowhere" }));
    await expect(unknown).rejects.toThrow(ClusterNotFoundException);
    const invalid = client.send(new CreateClusterCommand({ clusterName: "no spaces" }));
    await expect(invalid).rejects.toThrow(InvalidParameterException);
  });
});
