import * as eb from "@aws-sdk/client-eventbridge";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { SealedTexts } from "../../credentials/sealed-text.ts";
import type { AwsEvent } from "../../events/aws-event.ts";
import type { MemoryStore } from "../../store/memory-store.ts";
import { clientOptions, startTestServer } from "../http/server.fixture.ts";
import type { RunningServer } from "../http/server.ts";
import { eventsService } from "./service.ts";

// Through the real client, over HTTP. The test server's clock stands at the start of 2026.
let server: RunningServer & { readonly store: MemoryStore };
let client: eb.EventBridgeClient;
let put: AwsEvent[];
beforeEach(async () => {
  put = [];
  const bus = { put: async (event: AwsEvent) => void put.push(event) };
  server = await startTestServer({
    services: [eventsService({ bus, sealed: new SealedTexts(Buffer.alloc(32, 1), "t") })],
  });
  client = new eb.EventBridgeClient(clientOptions(server));
});
afterEach(async () => {
  client.destroy();
  await server.close();
});

const ruleArn = "arn:aws:events:us-east-1:000000000000:rule/stopped";
const EventPattern = JSON.stringify({ source: ["aws.ecs"], detail: { lastStatus: ["STOPPED"] } });
const group = { Id: "logs", Arn: "arn:aws:logs:us-east-1:000000000000:log-group:/aws/events/stopped" };
const putRule = (input: Partial<eb.PutRuleCommandInput> = {}) =>
  client.send(new eb.PutRuleCommand({ Name: "stopped", EventPattern, ...input }));
const putTargets = (...Targets: eb.Target[]) => client.send(new eb.PutTargetsCommand({ Rule: "stopped", Targets }));
const targetsOf = async () => (await client.send(new eb.ListTargetsByRuleCommand({ Rule: "stopped" }))).Targets;

describe("rules", () => {
  test("are made, shown, changed and deleted", async () => {
    expect((await putRule({ Description: "d", Tags: [{ Key: "a", Value: "b" }] })).RuleArn).toBe(ruleArn);
    const { $metadata: _, ...rule } = await client.send(new eb.DescribeRuleCommand({ Name: "stopped" }));
    expect(rule).toEqual({
      Name: "stopped",
      Arn: ruleArn,
      EventPattern,
      State: "ENABLED",
      Description: "d",
      EventBusName: "default",
      CreatedBy: "000000000000",
    });
    await putTargets(group);
    await putRule({ State: "DISABLED", ScheduleExpression: "rate(5 minutes)" });
    const changed = await client.send(new eb.DescribeRuleCommand({ Name: "stopped", EventBusName: "default" }));
    expect(changed).toMatchObject({ State: "DISABLED", ScheduleExpression: "rate(5 minutes)" });
    expect(changed.Description).toBeUndefined();
    expect(await targetsOf()).toEqual([group]);
    await client.send(new eb.EnableRuleCommand({ Name: "stopped" }));
    expect(await client.send(new eb.DescribeRuleCommand({ Name: "stopped" }))).toMatchObject({ State: "ENABLED" });

    const deletion = () => client.send(new eb.DeleteRuleCommand({ Name: "stopped" }));
    await expect(deletion()).rejects.toThrow("Rule can't be deleted since it has targets.");
    await client.send(new eb.RemoveTargetsCommand({ Rule: "stopped", Ids: ["logs"] }));
    await deletion();
    await deletion();
    await expect(client.send(new eb.DescribeRuleCommand({ Name: "stopped" }))).rejects.toThrow(
      expect.objectContaining({
        name: "ResourceNotFoundException",
        message: "Rule stopped does not exist on EventBus default.",
      }),
    );
  });

  test("are listed by pages and prefix", async () => {
    for (const Name of ["b", "a", "ab"]) await putRule({ Name });
    const first = await client.send(new eb.ListRulesCommand({ Limit: 2 }));
    expect(first.Rules?.map(({ Name }) => Name)).toEqual(["a", "ab"]);
    const NextToken = first.NextToken ?? "";
    const second = await client.send(new eb.ListRulesCommand({ Limit: 2, NextToken }));
    expect([second.Rules?.map(({ Name }) => Name), second.NextToken]).toEqual([["b"], undefined]);
    const named = await client.send(new eb.ListRulesCommand({ NamePrefix: "a" }));
    expect(named.Rules).toHaveLength(2);
  });

  test.each<[Partial<eb.PutRuleCommandInput>, string, string]>([
    [{ EventPattern: '{"a": 1}' }, "InvalidEventPatternException", 'Event pattern is not valid. Reason: "a" must be'],
    [{ ScheduleExpression: "cron(a)" }, "ValidationException", "Parameter ScheduleExpression is not valid"],
    [{ EventPattern: undefined }, "ValidationException", "EventPattern or ScheduleExpression must be specified."],
    [{ EventBusName: "other" }, "ResourceNotFoundException", "Event bus other does not exist."],
    [{ Name: "a b" }, "ValidationException", "at 'name' failed to satisfy constraint"],
  ])("%j is refused", async (input, name, message) => {
    const error: unknown = await putRule(input).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ name });
    expect((error as Error).message.toLowerCase()).toContain(message.toLowerCase());
  });

  test("have tags", async () => {
    await putRule({ Tags: [{ Key: "a", Value: "1" }] });
    await client.send(new eb.TagResourceCommand({ ResourceARN: ruleArn, Tags: [{ Key: "b", Value: "2" }] }));
    await client.send(new eb.UntagResourceCommand({ ResourceARN: ruleArn, TagKeys: ["a"] }));
    const { Tags } = await client.send(new eb.ListTagsForResourceCommand({ ResourceARN: ruleArn }));
    expect(Tags).toEqual([{ Key: "b", Value: "2" }]);
  });
});

describe("targets", () => {
  beforeEach(() => putRule());
  const ecs: eb.Target = {
    Id: "task",
    Arn: "arn:aws:ecs:us-east-1:000000000000:cluster/default",
    RoleArn: "arn:aws:iam::000000000000:role/events",
    EcsParameters: { TaskDefinitionArn: "arn:aws:ecs:us-east-1:000000000000:task-definition/web" },
  };

  test("are put, replaced by id, and removed", async () => {
    await putTargets(group, ecs);
    await putTargets({ ...group, InputPath: "$.detail" });
    expect(await targetsOf()).toEqual([{ ...group, InputPath: "$.detail" }, ecs]);
    const names = await client.send(new eb.ListRuleNamesByTargetCommand({ TargetArn: group.Arn }));
    expect(names.RuleNames).toEqual(["stopped"]);
    const removed = await client.send(new eb.RemoveTargetsCommand({ Rule: "stopped", Ids: ["logs", "none"] }));
    expect(removed.FailedEntries?.map(({ TargetId }) => TargetId)).toEqual(["none"]);
    expect(await targetsOf()).toEqual([ecs]);
  });

  test("are five at the most", async () => {
    const many = (count: number) => Array.from({ length: count }, (_, index) => ({ ...group, Id: `t${index}` }));
    await putTargets(...many(5));
    await expect(putTargets({ ...group, Id: "more" })).rejects.toThrow(
      expect.objectContaining({ name: "LimitExceededException" }),
    );
  });

  test.each<[eb.Target, string]>([
    [{ Id: "q", Arn: "arn:aws:sqs:us-east-1:000000000000:q" }, "Hatoba delivers events to log groups"],
    [{ Id: "e", Arn: ecs.Arn, RoleArn: ecs.RoleArn }, "EcsParameters is required"],
    [{ ...ecs, RoleArn: undefined }, "RoleArn is required"],
    [{ ...group, Input: "{" }, "JSON syntax error in input for target logs."],
    [{ ...group, InputPath: "detail" }, "Invalid InputPath for target logs"],
    [{ ...group, Input: "1", InputPath: "$" }, "Only one of Input, InputPath, or InputTransformer"],
    [{ ...group, InputTransformer: { InputTemplate: '"<x>"' } }, "Invalid placeholder <x>"],
    [{ ...group, DeadLetterConfig: { Arn: "arn:aws:sqs:us-east-1:000000000000:q" } }, "no dead-letter queues"],
  ])("%j is refused", async (target, message) => {
    await expect(putTargets(target)).rejects.toThrow(message);
    expect(await targetsOf()).toEqual([]);
  });
});

describe("events", () => {
  test("are put one by one", async () => {
    const good = { Source: "my.app", DetailType: "Thing", Detail: '{"a":1}', Resources: ["arn:x"] };
    const { Entries, FailedEntryCount } = await client.send(
      new eb.PutEventsCommand({
        Entries: [
          good,
          { ...good, Detail: "[" },
          { ...good, Source: "aws.ecs" },
          { Detail: "{}", DetailType: "x" },
          { ...good, Time: new Date("2025-12-31T00:00:00Z") },
        ],
      }),
    );
    expect(FailedEntryCount).toBe(3);
    expect(Entries?.map(({ ErrorCode }) => ErrorCode)).toEqual([
      undefined,
      "MalformedDetail",
      "NotAuthorizedForSourceException",
      "InvalidArgument",
      undefined,
    ]);
    expect(put.map(({ time }) => time)).toEqual(["2026-01-01T00:00:00Z", "2025-12-31T00:00:00Z"]);
    expect(put[0]).toMatchObject({
      id: Entries?.[0]?.EventId,
      source: "my.app",
      detail: { a: 1 },
      resources: ["arn:x"],
    });
  });

  test("are held against patterns", async () => {
    const event = { id: "1", account: "1", source: "s", time: "t", region: "r", resources: [], "detail-type": "d" };
    const ask = (pattern: object, given: object) =>
      client.send(
        new eb.TestEventPatternCommand({ EventPattern: JSON.stringify(pattern), Event: JSON.stringify(given) }),
      );
    expect((await ask({ source: ["s"] }, event)).Result).toBe(true);
    expect((await ask({ source: [{ "anything-but": "s" }] }, event)).Result).toBe(false);
    await expect(ask({ source: ["s"] }, { source: "s" })).rejects.toThrow("Reason: id is missing.");
  });

  test("there is one bus", async () => {
    const { EventBuses } = await client.send(new eb.ListEventBusesCommand({}));
    expect(EventBuses?.map(({ Name }) => Name)).toEqual(["default"]);
    expect(await client.send(new eb.DescribeEventBusCommand({}))).toMatchObject({ Name: "default" });
    await expect(client.send(new eb.CreateEventBusCommand({ Name: "x" }))).rejects.toThrow("docs/compatibility.md");
  });
});

describe("HTTP endpoints", () => {
  const create = (input: Partial<eb.CreateConnectionCommandInput> = {}) =>
    client.send(
      new eb.CreateConnectionCommand({
        Name: "hook",
        AuthorizationType: "API_KEY",
        AuthParameters: {
          ApiKeyAuthParameters: { ApiKeyName: "x-key", ApiKeyValue: "geheim-1" },
          InvocationHttpParameters: {
            HeaderParameters: [
              { Key: "x-open", Value: "open", IsValueSecret: false },
              { Key: "x-hidden", Value: "geheim-2", IsValueSecret: true },
            ],
          },
        },
        ...input,
      }),
    );

  test("secrets of a connection are neither shown nor stored as they are", async () => {
    await create();
    const shown = await client.send(new eb.DescribeConnectionCommand({ Name: "hook" }));
    expect(shown).toMatchObject({
      ConnectionState: "AUTHORIZED",
      AuthorizationType: "API_KEY",
      AuthParameters: {
        ApiKeyAuthParameters: { ApiKeyName: "x-key" },
        InvocationHttpParameters: { HeaderParameters: [{ Key: "x-open", Value: "open" }, { Key: "x-hidden" }] },
      },
    });
    await client.send(
      new eb.UpdateConnectionCommand({
        Name: "hook",
        AuthorizationType: "BASIC",
        AuthParameters: { BasicAuthParameters: { Username: "me", Password: "geheim-3" } },
      }),
    );
    const updated = await client.send(new eb.DescribeConnectionCommand({ Name: "hook" }));
    expect(updated.AuthParameters).toEqual({ BasicAuthParameters: { Username: "me" } });
    const all = JSON.stringify([shown, updated, server.store.snapshot().list("eventConnection")]);
    expect(all).not.toContain("geheim");
    await expect(create()).rejects.toThrow(expect.objectContaining({ name: "ResourceAlreadyExistsException" }));
    await expect(create({ Name: "o", AuthorizationType: "OAUTH_CLIENT_CREDENTIALS" })).rejects.toThrow("and not with");
  });

  test("are made of an address and a connection, and inactive without it", async () => {
    const { ConnectionArn = "" } = await create();
    const made = {
      Name: "to",
      ConnectionArn,
      InvocationEndpoint: "https://example.test/a/*",
      HttpMethod: "POST",
    } as const;
    await client.send(new eb.CreateApiDestinationCommand(made));
    const describeIt = () => client.send(new eb.DescribeApiDestinationCommand({ Name: "to" }));
    expect(await describeIt()).toMatchObject({
      ...made,
      ApiDestinationState: "ACTIVE",
      InvocationRateLimitPerSecond: 300,
    });
    await client.send(new eb.UpdateApiDestinationCommand({ Name: "to", HttpMethod: "PUT" }));
    const { ApiDestinations } = await client.send(new eb.ListApiDestinationsCommand({ ConnectionArn }));
    expect(ApiDestinations?.map(({ HttpMethod }) => HttpMethod)).toEqual(["PUT"]);
    await client.send(new eb.DeleteConnectionCommand({ Name: "hook" }));
    expect(await describeIt()).toMatchObject({ ApiDestinationState: "INACTIVE" });
    await client.send(new eb.DeleteApiDestinationCommand({ Name: "to" }));
    await expect(describeIt()).rejects.toThrow("An api-destination 'to' does not exist.");
    await expect(client.send(new eb.CreateApiDestinationCommand(made))).rejects.toThrow("does not exist");
  });
});
