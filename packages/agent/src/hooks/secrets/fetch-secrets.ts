import type { ChannelSecret } from "@hatoba/contract";
import type { JsonApi } from "../../channel/json-api.ts";
import { TaskFailure } from "../../engine/task-failure.ts";
import type { Clock } from "../../platform/clock.ts";
import { CallFailed, patiently } from "./patient-call.ts";
import { parameterBatches, parseSecretReference, type SecretReference, selectedValue } from "./secret-references.ts";

type Api = Pick<JsonApi, "call">;
type Values = ReadonlyMap<string, string>;
interface Patience {
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/**
 * The values of secrets by their `valueFrom`: parameters ten at a time, each version of a secret once, all at the same time.
 * @param api signs as the role that may read them
 * @throws TaskFailure in ECS's words, with nothing of a value in it
 */
export async function fetchSecrets(secrets: readonly ChannelSecret[], api: Api, patience: Patience): Promise<Values> {
  const from = (provider: ChannelSecret["provider"]) =>
    secrets.flatMap((secret) => (secret.provider === provider ? [secret.valueFrom] : []));
  const parts = await Promise.all([
    ...parameterBatches(from("ssm")).map((names) => fetchParameters(names, api, patience)),
    fetchFromSecretsManager(from("asm"), api, patience),
  ]);
  return new Map(parts.flatMap((part) => [...part]));
}

interface Parameter {
  readonly Name?: string;
  readonly ARN?: string;
  readonly Selector?: string;
  readonly Value?: string;
}

async function fetchParameters(names: readonly string[], api: Api, { clock, signal }: Patience): Promise<Values> {
  const input = { Names: names, WithDecryption: true };
  let answer: { readonly Parameters?: readonly Parameter[]; readonly InvalidParameters?: readonly string[] };
  try {
    answer = (await patiently(clock, signal, () =>
      api.call("ssm", "AmazonSSM", "GetParameters", input, signal),
    )) as typeof answer;
  } catch (error) {
    throw failure("unable to retrieve secrets from ssm", error);
  }
  const { Parameters = [], InvalidParameters = [] } = answer;
  const values = new Map<string, string>();
  for (const { Name = "", ARN = "", Selector = "", Value } of Parameters) {
    // Asked for by its ARN, it may be called so, with the version or label.
    const called = Name.endsWith(Selector) ? [Name, ARN + Selector] : [Name + Selector, ARN + Selector];
    for (const name of called) if (Value !== undefined && names.includes(name)) values.set(name, Value);
  }
  const missing = [...InvalidParameters, ...names.filter((name) => !values.has(name))];
  if (missing.length === 0) return values;
  const why = `invalid ssm parameters: ${[...new Set(missing)].join(", ")}`;
  throw failure("unable to retrieve secrets from ssm", new CallFailed(1, new Error(why)));
}

async function fetchFromSecretsManager(references: readonly string[], api: Api, patience: Patience): Promise<Values> {
  const texts = new Map<string, Promise<string>>();
  const values = await Promise.all(
    references.map(async (valueFrom) => {
      const reference = parseSecretReference(valueFrom);
      if (reference === undefined) {
        throw failure(
          "unable to retrieve secret from asm",
          new Error(
            "an invalid ARN format for the AWS Secrets Manager secret was specified. Specify a valid ARN and try again.",
          ),
        );
      }
      const { secretId, versionStage, versionId } = reference;
      const key = JSON.stringify([secretId, versionStage, versionId]);
      const text = texts.get(key) ?? fetchSecretText(reference, api, patience);
      texts.set(key, text);
      return [valueFrom, selected(await text, reference)] as const;
    }),
  );
  return new Map(values);
}

/** The text of one version of one secret. @throws TaskFailure */
export async function fetchSecretText(
  { secretId, versionStage, versionId }: SecretReference,
  api: Api,
  { clock, signal }: Patience,
): Promise<string> {
  const input = {
    SecretId: secretId,
    ...(versionStage === undefined ? {} : { VersionStage: versionStage }),
    ...(versionId === undefined ? {} : { VersionId: versionId }),
  };
  try {
    const { SecretString: text } = (await patiently(clock, signal, () =>
      api.call("secretsmanager", "secretsmanager", "GetSecretValue", input, signal),
    )) as { readonly SecretString?: unknown };
    if (typeof text !== "string") throw new Error("the secret has no text");
    return text;
  } catch (error) {
    throw failure(
      "unable to retrieve secret from asm",
      error,
      `failed to fetch secret ${secretId} from secrets manager: `,
    );
  }
}

function selected(text: string, reference: SecretReference): string {
  try {
    return selectedValue(text, reference);
  } catch (error) {
    throw failure("unable to retrieve secret from asm", new CallFailed(1, error));
  }
}

const prefix =
  "ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed";

/** Source of the texts: ECS developer guide, "ResourceInitializationError errors"; aws/copilot-cli issues 3240 and 5639. */
function failure(what: string, error: unknown, before = ""): unknown {
  if (error instanceof CallFailed) {
    const tries = `service call has been retried ${error.tries} time(s)`;
    return new TaskFailure(`${prefix}: ${what}: ${tries}: ${before}${error.message}`, { cause: error });
  }
  // The task is over, and whatever came of this.
  if (!(error instanceof Error) || error.name === "AbortError") return error;
  return new TaskFailure(`${prefix}: ${what}: ${before}${error.message}`, { cause: error });
}

/** There are no credentials to read with. */
export const withoutCredentials = (): TaskFailure =>
  new TaskFailure(`${prefix}: unable to find execution role credentials`);
