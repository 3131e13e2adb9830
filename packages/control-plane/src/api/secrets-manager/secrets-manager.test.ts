import { beforeEach, describe, expect, test } from "vitest";
import { SealedTexts } from "../../credentials/sealed-text.ts";
import { ManualClock } from "../../platform/clock.ts";
import { CleanupReconciler } from "../../reconcile/cleanup/cleanup-reconciler.ts";
import { exampleContext, refusal } from "../ecs/example-context.ts";
import type { SecretsContext } from "./operation.ts";
import { operations } from "./operations.ts";

const dayMs = 24 * 60 * 60_000;
const tokens = [1, 2, 3, 4].map((digit) => String(digit).repeat(32));
const [first = "", second = "", third = ""] = tokens;
let clock: ManualClock;
let context: SecretsContext;
beforeEach(() => {
  clock = new ManualClock();
  context = { ...exampleContext({ clock }), sealedSecrets: new SealedTexts(Buffer.alloc(32, 3), "t") };
});

const create = (input: object = {}) =>
  operations.CreateSecret({ Name: "app/db", SecretString: "one", ClientRequestToken: first, ...input }, context);
const get = (input: object = {}) => operations.GetSecretValue({ SecretId: "app/db", ...input }, context);
const put = (ClientRequestToken: string, SecretString: string, input: object = {}) =>
  operations.PutSecretValue({ SecretId: "app/db", ClientRequestToken, SecretString, ...input }, context);
const describeIt = () => operations.DescribeSecret({ SecretId: "app/db" }, context);

describe("a secret", () => {
  test("is found by name, ARN, and ARN without its random end; the store has no value in clear", async () => {
    const { ARN = "" } = await create({ SecretString: "geheim" });
    expect(ARN).toMatch(/^arn:aws:secretsmanager:us-east-1:000000000000:secret:app\/db-[0-9a-zA-Z]{6}$/);
    for (const SecretId of ["app/db", ARN, ARN.slice(0, -7)]) {
      expect(await get({ SecretId })).toEqual({
        ARN,
        Name: "app/db",
        VersionId: first,
        SecretString: "geheim",
        VersionStages: ["AWSCURRENT"],
        CreatedDate: new Date(clock.now()),
      });
    }
    for (const kind of ["secret", "secretVersion"] as const) {
      expect(JSON.stringify(context.store.snapshot().list(kind))).not.toContain("geheim");
    }
    expect(await refusal(get({ SecretId: ARN.replace("us-east-1", "eu-west-1") }))).toBe(
      "ResourceNotFoundException: Secrets Manager can't find the specified secret.",
    );
  });

  test("is made once; the same call by its token again answers the same", async () => {
    const made = await create();
    expect(await create()).toEqual(made);
    expect(await refusal(create({ SecretString: "other" }))).toMatch(/^ResourceExistsException/);
    expect(await refusal(create({ ClientRequestToken: second }))).toBe(
      "ResourceExistsException: The operation failed because the secret app/db already exists.",
    );
  });

  test("may begin without a value", async () => {
    await create({ SecretString: undefined });
    expect(await refusal(get())).toBe(
      "ResourceNotFoundException: Secrets Manager can't find the specified secret value for staging label: AWSCURRENT",
    );
    await put(second, "now");
    expect((await get()).SecretString).toBe("now");
  });

  test("holds bytes as well, but not both", async () => {
    await create({ SecretString: undefined, SecretBinary: new Uint8Array([0, 255]) });
    expect((await get()).SecretBinary).toEqual(Buffer.from([0, 255]));
    expect(await refusal(put(second, "x", { SecretBinary: new Uint8Array([1]) }))).toMatch(
      /^InvalidParameterException/,
    );
  });

  test("is described without its value, with the day on which it was read", async () => {
    await create({ Description: "of the app", Tags: [{ Key: "k", Value: "v" }], KmsKeyId: "alias/mine" });
    await get();
    const described = await describeIt();
    expect(described).toMatchObject({
      Name: "app/db",
      Description: "of the app",
      KmsKeyId: "alias/mine",
      Tags: [{ Key: "k", Value: "v" }],
      VersionIdsToStages: { [first]: ["AWSCURRENT"] },
      LastAccessedDate: new Date(Math.floor(clock.now() / dayMs) * dayMs),
    });
  });
});

describe("versions", () => {
  test("pass AWSCURRENT on, and keep the one before", async () => {
    await create();
    await put(second, "two");
    await put(third, "three");
    expect((await describeIt()).VersionIdsToStages).toEqual({ [second]: ["AWSPREVIOUS"], [third]: ["AWSCURRENT"] });
    expect((await get({ VersionStage: "AWSPREVIOUS" })).SecretString).toBe("two");
    expect((await get({ VersionId: first })).SecretString).toBe("one");
    const { Versions = [] } = await operations.ListSecretVersionIds(
      { SecretId: "app/db", IncludeDeprecated: true },
      context,
    );
    expect(Versions.map(({ VersionId }) => VersionId)).toEqual([first, second, third]);
  });

  test("are made once by their token", async () => {
    await create();
    await put(second, "two");
    await put(second, "two");
    expect(await refusal(put(second, "other"))).toBe(
      "ResourceExistsException: A resource with the ID you requested already exists.",
    );
    expect(context.store.snapshot().count("secretVersion")).toBe(2);
  });

  test("go through AWSPENDING to AWSCURRENT", async () => {
    await create();
    await put(second, "two", { VersionStages: ["AWSPENDING"] });
    expect((await get()).SecretString).toBe("one");
    const move = { SecretId: "app/db", VersionStage: "AWSCURRENT", MoveToVersionId: second };
    expect(await refusal(operations.UpdateSecretVersionStage(move, context))).toContain(
      "RemoveFromVersionId can't be empty",
    );
    await operations.UpdateSecretVersionStage({ ...move, RemoveFromVersionId: first }, context);
    expect((await describeIt()).VersionIdsToStages).toEqual({
      [first]: ["AWSPREVIOUS"],
      [second]: ["AWSPENDING", "AWSCURRENT"],
    });
    await operations.UpdateSecretVersionStage(
      { SecretId: "app/db", VersionStage: "AWSPENDING", RemoveFromVersionId: second },
      context,
    );
    expect((await get({ VersionStage: "AWSCURRENT", VersionId: second })).SecretString).toBe("two");
    expect(await refusal(get({ VersionStage: "AWSCURRENT", VersionId: first }))).toBe(
      "InvalidRequestException: You provided a VersionStage that is not associated to the provided VersionId.",
    );
    const remove = { SecretId: "app/db", VersionStage: "AWSCURRENT", RemoveFromVersionId: second };
    expect(await refusal(operations.UpdateSecretVersionStage(remove, context))).toContain(
      "can't be completely removed",
    );
  });

  test("are a hundred at the most, besides those with a stage", async () => {
    await create();
    for (let at = 0; at < 110; at += 1) await put(String(at).padStart(32, "v"), `value ${at}`);
    expect(context.store.snapshot().count("secretVersion")).toBe(100);
    expect(Object.values((await describeIt()).VersionIdsToStages ?? {})).toEqual([["AWSPREVIOUS"], ["AWSCURRENT"]]);
  });
});

describe("deleting", () => {
  test("waits for the recovery window and then really does it", async () => {
    await create();
    const { DeletionDate } = await operations.DeleteSecret({ SecretId: "app/db", RecoveryWindowInDays: 7 }, context);
    expect(DeletionDate).toEqual(new Date(clock.now() + 7 * dayMs));
    expect(await refusal(get())).toBe(
      "InvalidRequestException: You can't perform this operation on the secret because it was marked for deletion.",
    );
    expect(await refusal(create({ ClientRequestToken: second }))).toContain("already scheduled for deletion");
    const listed = async (IncludePlannedDeletion: boolean) =>
      (await operations.ListSecrets({ IncludePlannedDeletion }, context)).SecretList?.length;
    expect([await listed(false), await listed(true)]).toEqual([0, 1]);
    const cleanup = new CleanupReconciler({ ...context });
    clock.advance(7 * dayMs - 1);
    await cleanup.reconcile("deleted secrets");
    expect(context.store.snapshot().count("secret")).toBe(1);
    clock.advance(1);
    await cleanup.reconcile("deleted secrets");
    expect(context.store.snapshot().count("secret")).toBe(0);
    expect(context.store.snapshot().count("secretVersion")).toBe(0);
    await create();
  });

  test("can be undone until then, and done at once", async () => {
    await create();
    await operations.DeleteSecret({ SecretId: "app/db" }, context);
    await operations.RestoreSecret({ SecretId: "app/db" }, context);
    expect((await get()).SecretString).toBe("one");
    await operations.DeleteSecret({ SecretId: "app/db", ForceDeleteWithoutRecovery: true }, context);
    await operations.DeleteSecret({ SecretId: "app/db", ForceDeleteWithoutRecovery: true }, context);
    expect(context.store.snapshot().count("secretVersion")).toBe(0);
    for (const input of [{ RecoveryWindowInDays: 6 }, { RecoveryWindowInDays: 7, ForceDeleteWithoutRecovery: true }]) {
      expect(await refusal(operations.DeleteSecret({ SecretId: "app/db", ...input }, context))).toMatch(
        /^InvalidParameterException/,
      );
    }
  });
});

describe("many secrets", () => {
  beforeEach(async () => {
    for (const [at, Name] of ["web/key", "web/db", "batch/db"].entries()) {
      const Tags = [{ Key: "team", Value: Name.startsWith("web") ? "red" : "blue" }];
      await create({ Name, Description: `Number ${at}`, Tags, ClientRequestToken: tokens[at] });
      clock.advance(1000);
    }
  });

  test("are listed by filters, in order, page by page", async () => {
    const names = async (input: object) =>
      (await operations.ListSecrets({ SortBy: "name", SortOrder: "asc", ...input }, context)).SecretList?.map(
        ({ Name }) => Name,
      );
    const by = (Key: string, ...Values: string[]) => names({ Filters: [{ Key, Values }] });
    expect(await names({})).toEqual(["batch/db", "web/db", "web/key"]);
    expect(await by("name", "web")).toEqual(["web/db", "web/key"]);
    expect(await by("name", "!web")).toEqual(["batch/db"]);
    expect(await by("tag-value", "blue")).toEqual(["batch/db"]);
    expect(await by("description", "number 1")).toEqual(["web/db"]);
    expect(await by("all", "DB")).toEqual(["batch/db", "web/db"]);
    const { NextToken } = await operations.ListSecrets({ SortBy: "name", SortOrder: "asc", MaxResults: 2 }, context);
    expect(await names({ NextToken })).toEqual(["web/key"]);
    expect(await refusal(names({ NextToken: "?" }))).toMatch(/^InvalidNextTokenException/);
  });

  test("are neither repeated nor left out when some go between two pages", async () => {
    const list = (input: object) =>
      operations.ListSecrets({ SortBy: "name", SortOrder: "asc", MaxResults: 2, ...input }, context);
    const first = await list({});
    await operations.DeleteSecret({ SecretId: "web/db", ForceDeleteWithoutRecovery: true }, context);
    const second = await list({ NextToken: first.NextToken });
    expect(second.SecretList?.map(({ Name }) => Name)).toEqual(["web/key"]);
    expect(second.NextToken).toBeUndefined();
  });

  test("are read at once, those that are not there apart", async () => {
    const { SecretValues, Errors } = await operations.BatchGetSecretValue(
      { SecretIdList: ["web/key", "none"] },
      context,
    );
    expect(SecretValues).toMatchObject([{ Name: "web/key", SecretString: "one" }]);
    expect(Errors).toMatchObject([{ SecretId: "none", ErrorCode: "ResourceNotFoundException" }]);
    const filtered = await operations.BatchGetSecretValue({ Filters: [{ Key: "name", Values: ["web"] }] }, context);
    expect(filtered.SecretValues).toHaveLength(2);
    expect(await refusal(operations.BatchGetSecretValue({}, context))).toMatch(/^InvalidParameterException/);
  });
});

describe("resource policies", () => {
  const policy = (Principal: unknown) =>
    JSON.stringify({
      Version: "2012-10-17",
      Statement: [{ Effect: "Allow", Principal, Action: "secretsmanager:GetSecretValue", Resource: "*" }],
    });

  test("are checked, kept, shown and taken away", async () => {
    await create();
    const ResourcePolicy = policy({ AWS: "arn:aws:iam::000000000000:role/app" });
    await operations.PutResourcePolicy({ SecretId: "app/db", ResourcePolicy, BlockPublicPolicy: true }, context);
    expect(await operations.GetResourcePolicy({ SecretId: "app/db" }, context)).toMatchObject({ ResourcePolicy });
    await operations.DeleteResourcePolicy({ SecretId: "app/db" }, context);
    expect(await operations.GetResourcePolicy({ SecretId: "app/db" }, context)).not.toHaveProperty("ResourcePolicy");
  });

  test.each([
    ["{", "MalformedPolicyDocumentException"],
    [
      JSON.stringify({ Statement: [{ Effect: "Allow", Action: "*", Resource: "*" }] }),
      "MalformedPolicyDocumentException",
    ],
    [policy("*"), "PublicPolicyException"],
  ])("are refused: %s", async (ResourcePolicy, name) => {
    await create();
    const call = operations.PutResourcePolicy({ SecretId: "app/db", ResourcePolicy, BlockPublicPolicy: true }, context);
    expect(await refusal(call)).toMatch(new RegExp(`^${name}`));
    expect((await operations.ValidateResourcePolicy({ ResourcePolicy }, context)).PolicyValidationPassed).toBe(false);
  });
});

test("the versions of a secret have twenty stages at the most, as many as there are versions", async () => {
  await create();
  const stage = (at: number) => put(String(at).padStart(32, "0"), "x", { VersionStages: [`stage${at}`] });
  for (let at = 1; at < 20; at += 1) await stage(at);
  expect(await refusal(stage(20))).toMatch(/^LimitExceededException/);
  expect((await stage(1)).VersionStages).toEqual(["stage1"]);
});

test("tags are put over one another, and taken away", async () => {
  await create({ Tags: [{ Key: "a", Value: "1" }] });
  await operations.TagResource(
    {
      SecretId: "app/db",
      Tags: [
        { Key: "b", Value: "2" },
        { Key: "a", Value: "3" },
      ],
    },
    context,
  );
  await operations.UntagResource({ SecretId: "app/db", TagKeys: ["b"] }, context);
  expect((await describeIt()).Tags).toEqual([{ Key: "a", Value: "3" }]);
});

test("random passwords have what was asked for", async () => {
  for (let tries = 0; tries < 50; tries += 1) {
    const { RandomPassword = "" } = await operations.GetRandomPassword(
      { PasswordLength: 8, ExcludePunctuation: true, ExcludeCharacters: "abc123" },
      context,
    );
    expect(RandomPassword).toMatch(/^(?=.*[a-z])(?=.*[A-Z])(?=.*[0-9])[d-zA-Z04-9]{8}$/);
  }
  expect(await refusal(operations.GetRandomPassword({ PasswordLength: 3 }, context))).toContain("too short");
});

test("rotation by Lambda is refused, and the answer says what there is instead", async () => {
  await create();
  expect(await refusal(operations.RotateSecret({ SecretId: "app/db" }, context))).toContain(
    "./hatoba secret rotate app/db",
  );
});
