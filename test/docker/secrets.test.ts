import { execFile } from "node:child_process";
import { globSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { CreateLogGroupCommand, FilterLogEventsCommand } from "@aws-sdk/client-cloudwatch-logs";
import {
  DescribeServicesCommand,
  DescribeTaskDefinitionCommand,
  ListTagsForResourceCommand,
  RegisterTaskDefinitionCommand,
  RunTaskCommand,
  StopTaskCommand,
  type Task,
} from "@aws-sdk/client-ecs";
import {
  CreateConnectionCommand,
  DescribeConnectionCommand,
  EventBridgeClient,
  ListConnectionsCommand,
  PutRuleCommand,
  PutTargetsCommand,
} from "@aws-sdk/client-eventbridge";
import { CreateRoleCommand, IAMClient, PutRolePolicyCommand } from "@aws-sdk/client-iam";
import {
  CreateSecretCommand,
  DescribeSecretCommand,
  ListSecretsCommand,
  ListSecretVersionIdsCommand,
  SecretsManagerClient,
} from "@aws-sdk/client-secrets-manager";
import { DescribeParametersCommand, GetParameterCommand, PutParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import type { ContainerInspectInfo } from "dockerode";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { describeTask, eventually, type House, repository, startHouse, taskReaching } from "./house.ts";
import { testImage } from "./image.ts";
import { Registry } from "./registry.ts";

const run = promisify(execFile);
/** Nothing else looks like one, in any spelling. */
const marker = (what: string) => `hatoba-geheim-${what}-7f3a9c5e`;
const markers = ["parameter", "text", "secret", "connection", "login", "rotated"].map(marker);
const [inParameter = "", inText = "", inSecret = "", inConnection = "", inLogin = "", inRotated = ""] = markers;

let house: House;
let image: string;
let ssm: SSMClient;
let secrets: SecretsManagerClient;
let events: EventBridgeClient;
let iam: IAMClient;
let secretArn: string;
let loginArn: string;
let registry: Registry;
const executionRoleArn = "arn:aws:iam::000000000000:role/exec";
beforeAll(async () => {
  house = await startHouse();
  image = await testImage(house.engine);
  registry = await Registry.start();
  const client = {
    endpoint: house.endpoint,
    region: "us-east-1",
    credentials: {
      accessKeyId: house.env["AWS_ACCESS_KEY_ID"] ?? "",
      secretAccessKey: house.env["AWS_SECRET_ACCESS_KEY"] ?? "",
    },
  };
  [ssm, secrets, events, iam] = [
    new SSMClient(client),
    new SecretsManagerClient(client),
    new EventBridgeClient(client),
    new IAMClient(client),
  ];
  await ssm.send(new PutParameterCommand({ Name: "/app/password", Type: "SecureString", Value: inParameter }));
  await ssm.send(new PutParameterCommand({ Name: "/app/text", Type: "String", Value: inText }));
  const put = async (Name: string, value: object) =>
    (await secrets.send(new CreateSecretCommand({ Name, SecretString: JSON.stringify(value) }))).ARN ?? "";
  secretArn = await put("db", { user: "app", password: inSecret });
  loginArn = await put("registry", { username: "puller", password: inLogin });
  await events.send(
    new CreateConnectionCommand({
      Name: "hook",
      AuthorizationType: "API_KEY",
      AuthParameters: { ApiKeyAuthParameters: { ApiKeyName: "x-key", ApiKeyValue: inConnection } },
    }),
  );
  // What the house tells of its tasks.
  await house.logs.send(new CreateLogGroupCommand({ logGroupName: "/events" }));
  await events.send(new PutRuleCommand({ Name: "all", EventPattern: '{"source":["aws.ecs"]}' }));
  const Arn = "arn:aws:logs:us-east-1:000000000000:log-group:/events";
  await events.send(new PutTargetsCommand({ Rule: "all", Targets: [{ Id: "1", Arn }] }));
  await iam.send(new CreateRoleCommand({ RoleName: "exec", AssumeRolePolicyDocument: trust }));
});
afterAll(async () => {
  await registry?.stop();
  await house?.down();
});

const statements = (...Statement: readonly object[]) => JSON.stringify({ Version: "2012-10-17", Statement });
const trust = statements({
  Effect: "Allow",
  Principal: { Service: "ecs-tasks.amazonaws.com" },
  Action: "sts:AssumeRole",
});
const allow = (...actions: readonly (readonly [string, string])[]) =>
  iam.send(
    new PutRolePolicyCommand({
      RoleName: "exec",
      PolicyName: "p",
      PolicyDocument: statements(...actions.map(([Action, Resource]) => ({ Effect: "Allow", Action, Resource }))),
    }),
  );
const parameters = "arn:aws:ssm:us-east-1:000000000000:parameter/app/*";

const script = 'trap "exit 0" TERM; env | md5sum; sleep 600 & wait';
async function start(family: string, container: object): Promise<Task> {
  await house.ecs.send(
    new RegisterTaskDefinitionCommand({
      family,
      executionRoleArn,
      containerDefinitions: [
        {
          name: "app",
          image,
          memory: 32,
          essential: true,
          stopTimeout: 2,
          command: ["sh", "-c", script],
          ...container,
        },
      ],
    }),
  );
  const { tasks = [], failures } = await house.ecs.send(new RunTaskCommand({ taskDefinition: family }));
  expect(failures).toEqual([]);
  if (tasks[0] === undefined) throw new Error("no task");
  return tasks[0];
}

const allSecrets = () => [
  { name: "PASSWORD", valueFrom: "/app/password" },
  { name: "TEXT", valueFrom: "arn:aws:ssm:us-east-1:000000000000:parameter/app/text:1" },
  { name: "DB", valueFrom: secretArn },
  { name: "DB_PASSWORD", valueFrom: `${secretArn}:password::` },
];

/** @param input of its standard input @returns what it printed */
async function hatoba(words: readonly string[], input = ""): Promise<string> {
  const running = run(join(repository, "hatoba"), [...words, "--data-dir", house.dataDir]);
  running.child.stdin?.end(input);
  const { stdout, stderr } = await running;
  return stdout + stderr;
}

async function inspected({ taskArn = "" }: Task): Promise<ContainerInspectInfo> {
  const all = await house.containers();
  const one = all.find(
    ({ Labels }) =>
      Labels["com.amazonaws.ecs.task-arn"] === taskArn && Labels["com.amazonaws.ecs.container-name"] === "app",
  );
  return house.engine.getContainer(one?.Id ?? "").inspect();
}
const environmentOf = async (task: Task) => (await inspected(task)).Config.Env;

describe("secrets", () => {
  test("are refused to a role that may not read them, and the task says so", async () => {
    await allow(["secretsmanager:GetSecretValue", secretArn]);
    const { taskArn = "" } = await start("refused", { secrets: allSecrets() });
    const { stoppedReason, stopCode } = await taskReaching(house, taskArn, "STOPPED");
    expect(stopCode).toBe("TaskFailedToStart");
    expect(stoppedReason).toMatch(
      /^ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve secrets from ssm: service call has been retried 1 time\(s\): AccessDeniedException: User: arn:aws:sts::000000000000:assumed-role\/exec\/\w+ is not authorized to perform: ssm:GetParameters on resource: arn:aws:ssm:us-east-1:000000000000:parameter\/app\//,
    );
  });

  test("reach the container's environment, a new value the next task, and nothing else", async () => {
    await allow(["ssm:GetParameters", parameters], ["secretsmanager:GetSecretValue", "*"]);
    const task = await start("app", {
      secrets: allSecrets(),
      logConfiguration: { logDriver: "json-file", secretOptions: [{ name: "tag", valueFrom: "/app/text" }] },
    });
    await taskReaching(house, task.taskArn ?? "", "RUNNING");
    expect(await environmentOf(task)).toEqual(
      expect.arrayContaining([
        `PASSWORD=${inParameter}`,
        `TEXT=${inText}`,
        `DB={"user":"app","password":"${inSecret}"}`,
        `DB_PASSWORD=${inSecret}`,
      ]),
    );
    expect((await inspected(task)).HostConfig.LogConfig?.Config).toMatchObject({ tag: inText });
    const rotated = await hatoba(["secret", "rotate", "db", "--value-stdin", "--json-key", "password"], inRotated);
    await hatoba(["key", "rotate"]);
    const next = await start("next", { secrets: allSecrets() });
    await taskReaching(house, next.taskArn ?? "", "RUNNING");
    expect(await environmentOf(next)).toContain(`DB_PASSWORD=${inRotated}`);

    registry.login = `puller:${inLogin}`;
    await registry.push("private", "1", "one");
    const pulled = await start("pulled", {
      image: `${registry.host}/private:1`,
      command: undefined,
      repositoryCredentials: { credentialsParameter: loginArn },
    });
    await taskReaching(house, pulled.taskArn ?? "", "RUNNING");

    const described = await Promise.all([
      describeTask(house, task.taskArn ?? ""),
      house.ecs.send(new DescribeTaskDefinitionCommand({ taskDefinition: "app" })),
      house.ecs.send(new DescribeServicesCommand({ services: ["none"] })),
      house.ecs.send(new ListTagsForResourceCommand({ resourceArn: task.taskArn ?? "" })),
      ssm.send(new DescribeParametersCommand({})),
      ssm.send(new GetParameterCommand({ Name: "/app/password" })),
      secrets.send(new DescribeSecretCommand({ SecretId: "db" })),
      secrets.send(new ListSecretsCommand({})),
      secrets.send(new ListSecretVersionIdsCommand({ SecretId: "db" })),
      events.send(new DescribeConnectionCommand({ Name: "hook" })),
      events.send(new ListConnectionsCommand({})),
    ]);
    expect(JSON.stringify(described)).toContain("valueFrom");
    await house.ecs.send(new StopTaskCommand({ task: task.taskArn ?? "" }));
    await taskReaching(house, task.taskArn ?? "", "STOPPED");
    const containers = await house.containers();
    const labels = JSON.stringify(containers.map(({ Labels, Command, Names }) => ({ Labels, Command, Names })));
    expect(filesOf(house.dataDir).length).toBeGreaterThan(5);
    const told = await eventually("events of the tasks", async () => {
      const { events: found = [] } = await house.logs.send(new FilterLogEventsCommand({ logGroupName: "/events" }));
      return found.some(({ message = "" }) => message.includes('"lastStatus":"STOPPED"')) ? found : undefined;
    });
    const dumps = [
      ["answers", Buffer.from(JSON.stringify(described))],
      ["events", Buffer.from(JSON.stringify(told))],
      ["labels", Buffer.from(labels)],
      ["hatoba secret rotate", Buffer.from(rotated)],
      ...filesOf(house.dataDir).map((path) => [path, readFileSync(path)] as const),
    ] as const;
    expect(dumps.flatMap(([where, bytes]) => found(bytes).map((what) => `${what} in ${where}`))).toEqual([]);
  });
});

test("the search finds what it is to find, in every spelling", () => {
  for (const each of markers) {
    for (const bytes of [
      Buffer.from(each),
      Buffer.from(`{"a":"${each}"}`),
      ...["", "x", "xy"].map((before) => Buffer.from(Buffer.from(`${before}${each}`).toString("base64"))),
      Buffer.from(Buffer.from(each).toString("hex")),
      Buffer.from(each, "utf16le"),
    ]) {
      expect(found(bytes)).toEqual([each]);
    }
  }
});

const filesOf = (folder: string): readonly string[] =>
  globSync("**/*", { cwd: folder })
    .map((path) => join(folder, path))
    .filter((path) => statSync(path, { throwIfNoEntry: false })?.isFile());

/** The markers that stand in these bytes: as they are, in base64 at any offset, in hexadecimal or two bytes a letter. */
function found(bytes: Buffer): readonly string[] {
  return markers.filter((each) => spellings(each).some((spelling) => bytes.includes(spelling)));
}

function spellings(text: string): readonly Buffer[] {
  const inBase64 = [0, 1, 2].map((offset) => {
    const encoded = Buffer.concat([Buffer.alloc(offset), Buffer.from(text)]).toString("base64");
    // Letters at both ends depend on what stands beside it.
    return encoded.slice(offset === 0 ? 0 : 4).replace(/.{0,3}=*$/, "");
  });
  const hex = Buffer.from(text).toString("hex");
  return [
    Buffer.from(text),
    Buffer.from(text, "utf16le"),
    ...[hex, hex.toUpperCase(), ...inBase64].map((spelling) => Buffer.from(spelling)),
  ];
}
