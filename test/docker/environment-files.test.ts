import { RegisterTaskDefinitionCommand, RunTaskCommand } from "@aws-sdk/client-ecs";
import { CreateRoleCommand, IAMClient, PutRolePolicyCommand } from "@aws-sdk/client-iam";
import { CreateBucketCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type House, startHouse, taskReaching } from "./house.ts";
import { testImage } from "./image.ts";

let house: House;
let image: string;
let s3: S3Client;
const executionRoleArn = "arn:aws:iam::000000000000:role/exec";
const statements = (...Statement: readonly object[]) => JSON.stringify({ Version: "2012-10-17", Statement });

beforeAll(async () => {
  house = await startHouse();
  image = await testImage(house.engine);
  const client = {
    endpoint: house.endpoint,
    region: "us-east-1",
    credentials: {
      accessKeyId: house.env["AWS_ACCESS_KEY_ID"] ?? "",
      secretAccessKey: house.env["AWS_SECRET_ACCESS_KEY"] ?? "",
    },
  };
  s3 = new S3Client(client);
  await s3.send(new CreateBucketCommand({ Bucket: "settings" }));
  const put = (Key: string, Body: string) => s3.send(new PutObjectCommand({ Bucket: "settings", Key, Body }));
  await put("app/one.env", '# first\nCOLOUR=green\nSHAPE="round"\nSET=file\n');
  await put("app/two.env", "COLOUR=red\nSIZE=large\n");
  await put("other/secret.env", "X=1\n");
  const iam = new IAMClient(client);
  const Principal = { Service: "ecs-tasks.amazonaws.com" };
  await iam.send(
    new CreateRoleCommand({
      RoleName: "exec",
      AssumeRolePolicyDocument: statements({ Effect: "Allow", Principal, Action: "sts:AssumeRole" }),
    }),
  );
  await iam.send(
    new PutRolePolicyCommand({
      RoleName: "exec",
      PolicyName: "p",
      PolicyDocument: statements({ Effect: "Allow", Action: "s3:GetObject", Resource: "arn:aws:s3:::settings/app/*" }),
    }),
  );
  iam.destroy();
});
afterAll(async () => {
  s3?.destroy();
  await house?.down();
});

async function runWith(family: string, ...keys: readonly string[]) {
  await house.ecs.send(
    new RegisterTaskDefinitionCommand({
      family,
      executionRoleArn,
      containerDefinitions: [
        {
          name: "app",
          image,
          memory: 32,
          environment: [{ name: "SET", value: "definition" }],
          environmentFiles: keys.map((key) => ({ value: `arn:aws:s3:::settings/${key}`, type: "s3" })),
          command: [
            "sh",
            "-c",
            '[ "$COLOUR" = green ] && [ "$SHAPE" = "\\"round\\"" ] && [ "$SIZE" = large ] && [ "$SET" = definition ] && exit 7; exit 1',
          ],
        },
      ],
    }),
  );
  const { tasks = [], failures } = await house.ecs.send(new RunTaskCommand({ taskDefinition: family }));
  expect(failures).toEqual([]);
  return taskReaching(house, tasks[0]?.taskArn ?? "", "STOPPED");
}

test("a container has the variables of its files, those of its definition before them", async () => {
  const task = await runWith("files", "app/one.env", "app/two.env");
  expect(task.containers?.[0]).toMatchObject({ exitCode: 7 });
});

test("a file that the execution role may not read stops the task with the reason", async () => {
  const task = await runWith("denied", "app/one.env", "other/secret.env");
  expect(task.stopCode).toBe("TaskFailedToStart");
  expect(task.stoppedReason).toContain(
    "ResourceInitializationError: failed to download env files: unable to download env file with key other/secret.env from bucket settings, error: AccessDenied: User: arn:aws:sts::000000000000:assumed-role/exec/",
  );
});
