import { beforeEach, describe, expect, test } from "vitest";
import { SealedTexts } from "../../../credentials/sealed-text.ts";
import { ManualClock } from "../../../platform/clock.ts";
import { exampleContext, refusal } from "../../ecs/example-context.ts";
import { operations } from "../operations.ts";
import type { ParameterContext } from "./parameter-context.ts";

const arn = "arn:aws:ssm:us-east-1:000000000000:parameter/app/db";
let clock: ManualClock;
let context: ParameterContext;
beforeEach(() => {
  clock = new ManualClock();
  context = { ...exampleContext({ clock }), sealedParameters: new SealedTexts(Buffer.alloc(32, 3), "t") };
});

const put = (input: object) =>
  operations.PutParameter({ Name: "/app/db", Type: "String", Value: "one", ...input }, context);
const get = async (Name: string, WithDecryption = true) =>
  (await operations.GetParameter({ Name, WithDecryption }, context)).Parameter;

describe("a parameter", () => {
  test("is put once, and over again with Overwrite; each version stays to be read", async () => {
    expect(await put({})).toEqual({ Version: 1, Tier: "Standard" });
    expect(await refusal(put({}))).toBe(
      "ParameterAlreadyExists: The parameter already exists. To overwrite this value, set the overwrite option in the request to true.",
    );
    await put({ Value: "two", Overwrite: true });
    expect(await get("/app/db")).toEqual({
      Name: "/app/db",
      Type: "String",
      Value: "two",
      Version: 2,
      LastModifiedDate: new Date(clock.now()),
      ARN: arn,
      DataType: "text",
    });
    expect(await get("/app/db:1")).toMatchObject({ Value: "one", Selector: ":1" });
    expect(await get(arn)).toMatchObject({ Name: "/app/db", Value: "two" });
    expect(await get(`${arn}:1`)).toMatchObject({ Value: "one" });
    expect(await refusal(get("/app/db:7"))).toBe(
      "ParameterVersionNotFound: Systems Manager could not find version 7 of /app/db. Verify the version and try again.",
    );
    expect(await refusal(get("/none"))).toBe("ParameterNotFound: ");
  });

  test("of the type SecureString shows its value only when it is decrypted, and the store has none in clear", async () => {
    await put({ Type: "SecureString", Value: "geheim" });
    expect((await get("/app/db", false))?.Value).not.toContain("geheim");
    expect((await get("/app/db"))?.Value).toBe("geheim");
    const stored = JSON.stringify(context.store.snapshot().list("parameterVersion"));
    expect(stored).not.toContain("geheim");
    expect(stored).toContain("alias/aws/ssm");
  });

  test("keeps what is not given anew", async () => {
    await put({ Description: "of the app", AllowedPattern: "[a-z]+", Tags: [{ Key: "k", Value: "v" }] });
    await put({ Type: undefined, Value: "two", Overwrite: true });
    const { Parameters } = await operations.DescribeParameters({}, context);
    expect(Parameters).toMatchObject([
      { Description: "of the app", AllowedPattern: "[a-z]+", Version: 2, Type: "String" },
    ]);
    expect(await refusal(put({ Value: "2", Overwrite: true }))).toMatch(/^ParameterPatternMismatchException/);
  });

  test.each([
    [{ Name: "aws/x" }, "AccessDeniedException"],
    [{ Name: "/AWS/x" }, "AccessDeniedException"],
    [{ Name: "awsome" }, "ValidationException"],
    [{ Name: "/ssm/x" }, "ValidationException"],
    [{ Name: "a/b" }, "ValidationException"],
    [{ Name: "/a b" }, "ValidationException"],
    [{ Name: `/${"a/".repeat(15)}a` }, "HierarchyLevelLimitExceededException"],
    [{ Type: undefined }, "ValidationException"],
    [{ Value: "{{ssm:x}}" }, "ValidationException"],
    [{ DataType: "number" }, "ValidationException"],
    [{ Value: "x".repeat(4097) }, "ValidationException"],
    [{ Value: "x".repeat(8193), Tier: "Intelligent-Tiering" }, "ValidationException"],
    [{ Overwrite: true, Tags: [{ Key: "k" }] }, "ValidationException"],
    [{ AllowedPattern: "(" }, "InvalidAllowedPatternException"],
    [{ AllowedPattern: "(a+)+", Value: `${"a".repeat(40)}b` }, "InvalidAllowedPatternException"],
    [{ KeyId: "alias/mine" }, "ValidationException"],
    [{ Tier: "Advanced", Policies: '[{"Type":"NoChangeNotification"}]' }, "InvalidPolicyTypeException"],
  ])("is refused: %o", async (input, name) => {
    expect(await refusal(put(input))).toMatch(new RegExp(`^${name}: `));
    expect(context.store.snapshot().count("parameter")).toBe(0);
  });

  test("never has its value in what it is refused with", async () => {
    for (const input of [{ AllowedPattern: "x" }, { Tier: "Standard", Value: "geheim".repeat(1000) }]) {
      expect(await refusal(put({ Value: "geheim", ...input }))).not.toContain("geheim");
    }
  });

  test("takes the tier that it needs, and never goes back", async () => {
    expect(await put({ Value: "x".repeat(5000), Tier: "Intelligent-Tiering" })).toMatchObject({ Tier: "Advanced" });
    expect(await put({ Overwrite: true, Tier: "Intelligent-Tiering" })).toMatchObject({ Tier: "Advanced" });
    expect(await refusal(put({ Overwrite: true, Tier: "Standard" }))).toContain("You can't downgrade");
  });

  test("has a hundred versions; the oldest makes room unless it has a label", async () => {
    await put({ Name: "n" });
    for (let version = 2; version <= 101; version += 1) await put({ Name: "n", Overwrite: true });
    expect(context.store.snapshot().count("parameterVersion")).toBe(100);
    expect(await refusal(get("n:1"))).toMatch(/^ParameterVersionNotFound/);
    await operations.LabelParameterVersion({ Name: "n", ParameterVersion: 2, Labels: ["keep"] }, context);
    expect(await refusal(put({ Name: "n", Overwrite: true }))).toMatch(/^ParameterMaxVersionLimitExceeded/);
    const first = await operations.GetParameterHistory({ Name: "n" }, context);
    const second = await operations.GetParameterHistory({ Name: "n", NextToken: first.NextToken }, context);
    const versions = [...(first.Parameters ?? []), ...(second.Parameters ?? [])];
    expect(versions.map(({ Version }) => Version)).toEqual(Array.from({ length: 100 }, (_, at) => at + 2));
    expect(versions[0]?.Labels).toEqual(["keep"]);
  });

  test("goes with all its versions", async () => {
    await put({});
    await put({ Overwrite: true });
    const gone = await operations.DeleteParameters({ Names: ["/app/db", "/none"] }, context);
    expect(gone).toEqual({ DeletedParameters: ["/app/db"], InvalidParameters: ["/none"] });
    expect(context.store.snapshot().count("parameterVersion")).toBe(0);
    expect(await refusal(operations.DeleteParameter({ Name: "/app/db" }, context))).toBe("ParameterNotFound: ");
    expect(await put({})).toMatchObject({ Version: 1 });
  });

  test("is changed and deleted by its name alone: not by its ARN, nor as one of its versions", async () => {
    await put({});
    for (const Name of ["/app/db:1", arn]) {
      expect(await refusal(operations.DeleteParameter({ Name }, context))).toBe("ParameterNotFound: ");
      expect(await operations.DeleteParameters({ Names: [Name] }, context)).toMatchObject({
        InvalidParameters: [Name],
      });
      expect(await refusal(operations.LabelParameterVersion({ Name, Labels: ["x"] }, context))).toBe(
        "ParameterNotFound: ",
      );
    }
    const Names = ["/app/db", "/app/db:1"];
    expect(await operations.DeleteParameters({ Names }, context)).toEqual({
      DeletedParameters: ["/app/db"],
      InvalidParameters: ["/app/db:1"],
    });
  });
});

describe("labels", () => {
  test("stand for one version each, and move", async () => {
    await put({});
    await put({ Value: "two", Overwrite: true });
    const label = (ParameterVersion: number, Labels: string[]) =>
      operations.LabelParameterVersion({ Name: "/app/db", ParameterVersion, Labels }, context);
    expect(await label(1, ["live", "aws-x", "1st"])).toEqual({ ParameterVersion: 1, InvalidLabels: ["aws-x", "1st"] });
    expect(await get("/app/db:live")).toMatchObject({ Value: "one", Selector: ":live" });
    await label(2, ["live"]);
    expect(await get("/app/db:live")).toMatchObject({ Value: "two" });
    expect(
      await refusal(
        label(
          2,
          Array.from({ length: 10 }, (_, at) => `l${at}`),
        ),
      ),
    ).toMatch(/^ParameterVersionLabelLimitExceeded/);
    const removed = await operations.UnlabelParameterVersion(
      { Name: "/app/db", ParameterVersion: 2, Labels: ["live", "none"] },
      context,
    );
    expect(removed).toEqual({ RemovedLabels: ["live"], InvalidLabels: ["none"] });
  });
});

describe("many parameters", () => {
  beforeEach(async () => {
    for (const Name of ["/a/x", "/a/b/y", "/a/b/z", "plain"]) await put({ Name, Tags: [{ Key: "n", Value: Name }] });
  });

  test("are read by name, version and ARN; what is not there is told apart", async () => {
    const Names = ["/a/x:1", "arn:aws:ssm:us-east-1:000000000000:parameter/plain", "/none", "/a/x:none"];
    const { Parameters = [], InvalidParameters } = await operations.GetParameters({ Names }, context);
    expect(Parameters.map(({ Name, Selector }) => [Name, Selector])).toEqual([
      ["/a/x", ":1"],
      [Names[1], undefined],
    ]);
    expect(InvalidParameters).toEqual(["/none", "/a/x:none"]);
  });

  test("are read by their path, page by page", async () => {
    const names = async (input: object) =>
      (await operations.GetParametersByPath({ Path: "/a", ...input }, context)).Parameters?.map(({ Name }) => Name);
    expect(await names({})).toEqual(["/a/x"]);
    expect(await names({ Recursive: true })).toEqual(["/a/b/y", "/a/b/z", "/a/x"]);
    expect(await names({ Path: "/" })).toEqual(["plain"]);
    const first = await operations.GetParametersByPath({ Path: "/a", Recursive: true, MaxResults: 2 }, context);
    expect(await names({ Recursive: true, NextToken: first.NextToken })).toEqual(["/a/x"]);
    expect(await refusal(operations.GetParametersByPath({ Path: "a" }, context))).toMatch(/^ValidationException/);
  });

  test("are described by filters", async () => {
    const names = async (...ParameterFilters: { Key: string; Option?: string; Values?: string[] }[]) =>
      (await operations.DescribeParameters({ ParameterFilters }, context)).Parameters?.map(({ Name }) => Name);
    expect(await names({ Key: "Name", Option: "Contains", Values: ["b/"] })).toEqual(["/a/b/y", "/a/b/z"]);
    expect(await names({ Key: "Path", Option: "Recursive", Values: ["/a/b"] })).toEqual(["/a/b/y", "/a/b/z"]);
    expect(await names({ Key: "tag:n", Values: ["plain"] })).toEqual(["plain"]);
    expect(await names({ Key: "Type", Values: ["SecureString"] })).toEqual([]);
    expect(await refusal(names({ Key: "Label", Values: ["x"] }))).toMatch(/^InvalidFilterKey/);
    expect(await refusal(names({ Key: "Type", Values: ["Text"] }))).toMatch(/^InvalidFilterValue/);
    expect(await refusal(names({ Key: "Name", Option: "Like", Values: ["x"] }))).toMatch(/^InvalidFilterOption/);
  });

  test("have tags", async () => {
    const resource = { ResourceType: "Parameter", ResourceId: "/a/x" } as const;
    await operations.AddTagsToResource({ ...resource, Tags: [{ Key: "team", Value: "red" }] }, context);
    await operations.RemoveTagsFromResource({ ...resource, TagKeys: ["n"] }, context);
    expect(await operations.ListTagsForResource(resource, context)).toEqual({
      TagList: [{ Key: "team", Value: "red" }],
    });
    expect(await refusal(operations.ListTagsForResource({ ...resource, ResourceId: "/none" }, context))).toMatch(
      /^InvalidResourceId/,
    );
  });
});
