import type { ChannelTask, ChannelTaskDefinitionContainer } from "@hatoba/contract";
import { expect, test } from "vitest";
import { ControlPlaneError } from "../../channel/control-plane.ts";
import { ManualClock } from "../../platform/clock.ts";
import type { ContainerSpec } from "../../runtime/container-runtime.ts";
import { EnvironmentFilesHook } from "./environment-files-hook.ts";
import { parseEnvironmentFile, withVariables } from "./parse-environment-file.ts";

const keys = {
  credentialsId: "1",
  roleArn: "arn:aws:iam::000000000000:role/exec",
  accessKeyId: "ASIAEXAMPLE",
  secretAccessKey: "key",
  sessionToken: "token",
  expiration: "2027-01-01T00:00:00Z",
};
const files: Readonly<Record<string, string>> = {
  "config/a.env":
    '# comment\nFIRST=a\nBOTH=a\r\nQUOTED="as it is" # too\n =no name\nnothing\n=empty\n  SPACED = x \nEMPTY=\n',
  "config/b.env": "BOTH=b\nSET=b\nSECOND=a=b",
};

async function created(values: readonly string[], more: { readonly hasKeys?: boolean } = {}) {
  const hook = new EnvironmentFilesHook({
    executionCredentials: () => (more.hasKeys === false ? undefined : keys),
    readObject: async ({ bucket, key }) => {
      const text = files[`${bucket}/${key}`];
      if (text !== undefined) return Buffer.from(text);
      throw new ControlPlaneError("NoSuchKey", "The specified key does not exist.", {
        statusCode: 404,
        requestId: "r",
      });
    },
    clock: new ManualClock(),
  });
  const container = {
    name: "app",
    environmentFiles: values.map((value) => ({ value, type: "s3" })),
  } as unknown as ChannelTaskDefinitionContainer;
  const task = { arn: "task", containers: [container] } as unknown as ChannelTask;
  const spec = { environment: { SET: "definition" } } as unknown as ContainerSpec;
  return (await hook.beforeCreate({ task, container, runtimeName: "x" }, spec)).environment;
}

test("what the definition sets stays, then the first file counts", async () => {
  expect(await created(["arn:aws:s3:::config/a.env", "arn:aws:s3:::config/b.env"])).toEqual({
    SET: "definition",
    FIRST: "a",
    BOTH: "a",
    QUOTED: '"as it is" # too',
    " ": "no name",
    "  SPACED ": " x ",
    EMPTY: "",
    SECOND: "a=b",
  });
  expect(await created([])).toEqual({ SET: "definition" });
});

test("the task's reason says which file could not be had, and why", async () => {
  await expect(created(["arn:aws:s3:::config/a.env", "arn:aws:s3:::config/none.env"])).rejects.toMatchObject({
    name: "TaskFailure",
    message:
      "ResourceInitializationError: failed to download env files: unable to download env file with key none.env from bucket config, error: NoSuchKey: The specified key does not exist. status code: 404, request id: r",
  });
  await expect(created(["config/a.env"])).rejects.toMatchObject({ message: expect.stringContaining("invalid s3 arn") });
});

test("a line that is too long is refused; names of prototypes are names", () => {
  expect(() => parseEnvironmentFile(Buffer.from(`A=${"x".repeat(65_536)}`))).toThrow("token too long");
  const odd = withVariables({}, [parseEnvironmentFile(Buffer.from("__proto__=x\nconstructor=y"))]);
  expect(Object.entries(odd)).toEqual([
    ["__proto__", "x"],
    ["constructor", "y"],
  ]);
});
