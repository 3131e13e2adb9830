import type { ChannelSecret, ChannelTask } from "@hatoba/contract";

/** What is to be read of one secret of Secrets Manager. */
export interface SecretReference {
  /** Its ARN. */
  readonly secretId: string;
  /** The member of the secret's JSON object; the whole text if absent. */
  readonly jsonKey?: string;
  readonly versionStage?: string;
  readonly versionId?: string;
}

/**
 * Reads `arn:aws:secretsmanager:REGION:ACCOUNT:secret:NAME`, alone or with `:JSON-KEY:VERSION-STAGE:VERSION-ID` behind it, each
 * of which may be empty. Source: ECS developer guide, "Pass Secrets Manager secrets through Amazon ECS environment variables".
 */
export function parseSecretReference(valueFrom: string): SecretReference | undefined {
  const parts = valueFrom.split(":");
  const [secretId, rest] = [parts.slice(0, 7).join(":"), parts.slice(7)];
  if (parts.length < 7 || (rest.length !== 0 && rest.length !== 3)) return undefined;
  const [jsonKey, versionStage, versionId] = rest;
  return {
    secretId,
    ...(jsonKey ? { jsonKey } : {}),
    ...(versionStage ? { versionStage } : {}),
    ...(versionId ? { versionId } : {}),
  };
}

/** The secrets of a task's containers and log drivers, each once. */
export function secretsOf({ containers }: ChannelTask): readonly ChannelSecret[] {
  const secrets = containers.flatMap(({ secrets: own = [] }) => own);
  return [...new Map(secrets.map((secret) => [secret.valueFrom, secret])).values()];
}

/** Source: Systems Manager API reference, GetParameters. */
const mostParameters = 10;

/** Parameters in as many calls as it takes. */
export function parameterBatches(names: readonly string[]): readonly (readonly string[])[] {
  return Array.from({ length: Math.ceil(names.length / mostParameters) }, (_, at) =>
    names.slice(at * mostParameters, (at + 1) * mostParameters),
  );
}

/** The member of a secret's text that a reference names, or the whole. @throws Error that repeats nothing of the text */
export function selectedValue(text: string, { jsonKey }: SecretReference): string {
  if (jsonKey === undefined) return text;
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    throw new Error("the secret is not JSON");
  }
  if (typeof parsed !== "object" || parsed === null || !Object.hasOwn(parsed, jsonKey)) {
    throw new Error(`retrieved secret from Secrets Manager did not contain json key ${jsonKey}`);
  }
  const value = (parsed as Readonly<Record<string, unknown>>)[jsonKey];
  return typeof value === "string" ? value : JSON.stringify(value);
}
