import type { Filter } from "@aws-sdk/client-secrets-manager";
import type { Secret } from "../../model/secret.ts";
import { SecretsError } from "./api-error.ts";

type Test = (secret: Secret) => boolean;

/** What each key looks at. The region and service that own a secret are not told apart here. */
const textsOf: Readonly<Record<string, (secret: Secret) => readonly string[]>> = {
  description: ({ description = "" }) => [description],
  name: ({ name }) => [name],
  "tag-key": ({ tags }) => tags.map(({ Key = "" }) => Key),
  "tag-value": ({ tags }) => tags.map(({ Value = "" }) => Value),
  "primary-region": () => [],
  "owning-service": () => [],
};

/**
 * The filters of ListSecrets and BatchGetSecretValue as one test; all of them must hold, each by any of its values, which are
 * beginnings. A value after `!` must not fit. Source: Secrets Manager API reference, Filter.
 * @throws SecretsError InvalidParameterException
 */
export function secretFilter(filters: readonly Filter[]): Test {
  const tests = filters.map(({ Key, Values = [] }) => {
    if (Key === undefined) throw new SecretsError("InvalidParameterException", "Invalid filter key");
    if (Values.length === 0) {
      throw new SecretsError("InvalidParameterException", `Invalid filter values for key: ${Key}`);
    }
    return anyOf(Values.map((value) => testOf(Key, value)));
  });
  return (secret) => tests.every((test) => test(secret));
}

const anyOf =
  (tests: readonly Test[]): Test =>
  (secret) =>
    tests.some((test) => test(secret));

function testOf(key: string, value: string): Test {
  if (value.startsWith("!")) {
    const test = testOf(key, value.slice(1));
    return (secret) => !test(secret);
  }
  if (key === "all") return allWords(value);
  const of = textsOf[key];
  if (of === undefined) throw new SecretsError("InvalidParameterException", `Invalid filter key: ${key}`);
  if (key === "description") {
    return (secret) => of(secret).some((text) => text.toLowerCase().startsWith(value.toLowerCase()));
  }
  return (secret) => of(secret).some((text) => text.startsWith(value));
}

/** Every word is somewhere: in the name, the description or a tag. */
function allWords(value: string): Test {
  const words = value
    .toLowerCase()
    .split(/[\s/_+=.@!-]+/)
    .filter((word) => word !== "");
  return (secret) => {
    const texts = Object.values(textsOf).flatMap((of) => of(secret).map((text) => text.toLowerCase()));
    return words.every((word) => texts.some((text) => text.includes(word)));
  };
}
