import type { ChannelSecret, ChannelTask, ChannelTaskDefinitionContainer } from "@hatoba/contract";
import { beforeEach, describe, expect, test } from "vitest";
import { ControlPlaneError } from "../../channel/control-plane.ts";
import { ManualClock } from "../../platform/clock.ts";
import type { ContainerSpec } from "../../runtime/container-runtime.ts";
import { SecretsHook } from "./secrets-hook.ts";

const arn = "arn:aws:secretsmanager:us-east-1:000000000000:secret:db-abcdef";
const keys = {
  credentialsId: "1",
  roleArn: "arn:aws:iam::000000000000:role/exec",
  accessKeyId: "ASIAEXAMPLE",
  secretAccessKey: "key",
  sessionToken: "token",
  expiration: "2027-01-01T00:00:00Z",
};
const prefix =
  "ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed:";

type Answer = (operation: string, input: Readonly<Record<string, unknown>>) => unknown;
let clock: ManualClock;
let calls: [string, Readonly<Record<string, unknown>>][];
let hasKeys: boolean;
let answer: Answer;
let open: number;
beforeEach(() => {
  [clock, calls, hasKeys, open] = [new ManualClock(), [], true, 0];
  answer = (operation, input) =>
    operation === "GetParameters"
      ? { Parameters: (input["Names"] as string[]).map((Name) => ({ Name, Value: `value of ${Name}` })) }
      : { SecretString: JSON.stringify({ user: "app", port: 5432 }) };
});

const hookOf = () =>
  new SecretsHook({
    executionCredentials: () => (hasKeys ? keys : undefined),
    apiAs: () => {
      open += 1;
      return {
        call: async (_service, _target, operation, input) => {
          calls.push([operation, input as Readonly<Record<string, unknown>>]);
          return answer(operation, input as Readonly<Record<string, unknown>>);
        },
        close: () => void (open -= 1),
      };
    },
    clock,
  });

const secret = (name: string, valueFrom: string, more: Partial<ChannelSecret> = {}): ChannelSecret => ({
  name,
  valueFrom,
  provider: valueFrom.includes(":secretsmanager:") ? "asm" : "ssm",
  region: "us-east-1",
  type: "ENVIRONMENT_VARIABLE",
  target: "CONTAINER",
  ...more,
});
const inDriver = { type: "BOOTSTRAP", target: "LOG_DRIVER" } as const;

function taskOf(...secrets: readonly (readonly ChannelSecret[])[]): ChannelTask {
  const containers = secrets.map(
    (own, at) => ({ name: `c${at}`, secrets: own }) as unknown as ChannelTaskDefinitionContainer,
  );
  return { arn: "arn:aws:ecs:us-east-1:000000000000:task/default/1", containers } as unknown as ChannelTask;
}
const hooked = (task: ChannelTask, at = 0) => {
  const container = task.containers[at] as ChannelTaskDefinitionContainer;
  return { task, container, runtimeName: container.name };
};
const spec = { environment: { A: "a" }, labels: {} } as unknown as ContainerSpec;
const environmentOf = async (hook: SecretsHook, task: ChannelTask, at = 0) =>
  (await hook.beforeCreate(hooked(task, at), spec)).environment;
const reasonOf = (work: Promise<unknown>) =>
  work.then(
    () => "it did not fail",
    (error: unknown) => (error instanceof Error ? error.message : String(error)),
  );

describe("secrets of a task", () => {
  test("go into the environment of the containers that they are for, and the options of their log drivers", async () => {
    const task = taskOf(
      [secret("URL", "/app/url"), secret("USER", `${arn}:user::`), secret("PORT", `${arn}:port:AWSPREVIOUS:`)],
      [secret("ALL", arn), secret("token", "splunk", inDriver)],
    );
    const hook = hookOf();
    expect(await environmentOf(hook, task)).toEqual({ A: "a", URL: "value of /app/url", USER: "app", PORT: "5432" });
    expect(await environmentOf(hook, task, 1)).toEqual({ A: "a", ALL: '{"user":"app","port":5432}' });
    expect(await hook.logOptions(task, hooked(task, 1).container)).toEqual({ token: "value of splunk" });
    // One call for both parameters, and one for each version of the secret.
    expect(calls).toEqual([
      ["GetParameters", { Names: ["/app/url", "splunk"], WithDecryption: true }],
      ["GetSecretValue", { SecretId: arn }],
      ["GetSecretValue", { SecretId: arn, VersionStage: "AWSPREVIOUS" }],
    ]);
    expect(open).toBe(0);
  });

  test("are fetched ten parameters at a time", async () => {
    const names = Array.from({ length: 23 }, (_, at) => `/p/${at}`);
    await environmentOf(hookOf(), taskOf(names.map((name, at) => secret(`V${at}`, name))));
    expect(calls.map(([, { Names }]) => (Names as string[]).length)).toEqual([10, 10, 3]);
  });

  test("are found by ARN, version and label, however the answer calls them", async () => {
    const parameter = "arn:aws:ssm:us-east-1:000000000000:parameter/x";
    answer = () => ({
      Parameters: [
        { Name: "/x", ARN: parameter, Value: "latest" },
        { Name: "/x", ARN: parameter, Selector: ":2", Value: "second" },
        { Name: "/x", ARN: parameter, Selector: ":live", Value: "live" },
      ],
    });
    const task = taskOf([secret("A", parameter), secret("B", "/x:2"), secret("C", `${parameter}:live`)]);
    expect(await environmentOf(hookOf(), task)).toMatchObject({ A: "latest", B: "second", C: "live" });
  });

  test("are forgotten once all containers run, and a container without any costs nothing", async () => {
    const task = taskOf([secret("A", "a")], []);
    const hook = hookOf();
    await environmentOf(hook, task, 1);
    expect(calls).toEqual([]);
    await environmentOf(hook, task);
    hook.started({ ...hooked(task), runtimeId: "1" } as never);
    hook.started({ ...hooked(task, 1), runtimeId: "2" } as never);
    await environmentOf(hook, task);
    expect(calls).toHaveLength(2);
  });
});

describe("a task does not start", () => {
  const fails = async (valueFrom: string) => reasonOf(environmentOf(hookOf(), taskOf([secret("A", valueFrom)])));

  test("without a parameter", async () => {
    answer = () => ({ Parameters: [], InvalidParameters: ["/none"] });
    expect(await fails("/none")).toBe(
      `${prefix} unable to retrieve secrets from ssm: service call has been retried 1 time(s): invalid ssm parameters: /none`,
    );
  });

  test("without the right to read it", async () => {
    answer = () => {
      throw new ControlPlaneError("AccessDeniedException", "User: x is not authorized", {
        statusCode: 400,
        requestId: "r-1",
      });
    };
    const denied = "AccessDeniedException: User: x is not authorized status code: 400, request id: r-1";
    expect(await fails("/a")).toBe(
      `${prefix} unable to retrieve secrets from ssm: service call has been retried 1 time(s): ${denied}`,
    );
    expect(await fails(arn)).toBe(
      `${prefix} unable to retrieve secret from asm: service call has been retried 1 time(s): failed to fetch secret ${arn} from secrets manager: ${denied}`,
    );
  });

  test.each([
    [`${arn}:none::`, "did not contain json key none"],
    [`${arn}:a:b`, "an invalid ARN format"],
  ])("with %s", async (valueFrom, text) => {
    expect(await fails(valueFrom)).toContain(text);
  });

  test("and what the secret holds is not told", async () => {
    answer = () => ({ SecretString: "geheim" });
    const reason = await fails(`${arn}:key::`);
    expect(reason).toContain("the secret is not JSON");
    expect(reason).not.toContain("geheim");
  });

  test("when nobody answers: after five tries", async () => {
    answer = () => {
      throw new ControlPlaneError("NetworkError", "connect ECONNREFUSED");
    };
    const failing = fails("/a");
    await turns(() => clock.advance(10_000));
    expect(await failing).toContain("service call has been retried 5 time(s): NetworkError: connect ECONNREFUSED");
    expect(calls).toHaveLength(5);
  });

  test("when the execution role's credentials do not come", async () => {
    hasKeys = false;
    const failing = fails("/a");
    await turns(() => clock.advance(1000));
    expect(await failing).toBe(`${prefix} unable to find execution role credentials`);
  });
});

test("credentials that come later are waited for; the end of the task ends the waiting", async () => {
  hasKeys = false;
  const [hook, task] = [hookOf(), taskOf([secret("A", "a")])];
  const environment = environmentOf(hook, task);
  await turns(() => clock.advance(100), 3);
  hasKeys = true;
  await turns(() => clock.advance(300), 3);
  expect(await environment).toMatchObject({ A: "value of a" });

  hasKeys = false;
  const other = { ...task, arn: `${task.arn}2` };
  const ended = environmentOf(hook, other).catch((error: unknown) => (error as Error).name);
  await turns(() => clock.advance(100), 3);
  hook.stopping(other);
  expect(await ended).toBe("AbortError");
});

/** Lets what waits go on, over and over. */
async function turns(step: () => void, count = 60): Promise<void> {
  for (let turn = 0; turn < count; turn += 1) {
    step();
    for (let tick = 0; tick < 20; tick += 1) await Promise.resolve();
  }
}
