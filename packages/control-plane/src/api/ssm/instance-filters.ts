import type * as sdk from "@aws-sdk/client-ssm";
import { SsmError } from "./api-error.ts";

type Facts = sdk.InstanceInformation & { readonly tags: readonly sdk.Tag[] };
type Filter = { readonly key: string; readonly values: readonly string[] };

/** What each key looks at, and the values that it may have if it does not take any. */
const keys: Readonly<
  Record<string, { readonly of: (facts: Facts) => string | undefined; readonly only?: readonly string[] }>
> = {
  InstanceIds: { of: ({ InstanceId }) => InstanceId },
  AgentVersion: { of: ({ AgentVersion }) => AgentVersion },
  PingStatus: { of: ({ PingStatus }) => PingStatus, only: ["Online", "ConnectionLost", "Inactive"] },
  PlatformTypes: { of: ({ PlatformType }) => PlatformType, only: ["Windows", "Linux", "MacOS"] },
  ActivationIds: { of: ({ ActivationId }) => ActivationId },
  IamRole: { of: ({ IamRole }) => IamRole },
  ResourceType: { of: ({ ResourceType }) => ResourceType, only: ["EC2Instance", "ManagedInstance"] },
  // Nothing is ever associated here.
  AssociationStatus: { of: () => undefined },
};

/**
 * The filters of DescribeInstanceInformation in either of their two spellings, as one test; all of them must hold.
 * @throws SsmError InvalidFilterKey, InvalidInstanceInformationFilterValue, ValidationException for both spellings at once.
 */
export function instanceFilter({
  Filters = [],
  InstanceInformationFilterList = [],
}: sdk.DescribeInstanceInformationRequest): (facts: Facts) => boolean {
  if (Filters.length > 0 && InstanceInformationFilterList.length > 0) {
    throw new SsmError("ValidationException", "Use Filters or InstanceInformationFilterList, not both.");
  }
  const filters: readonly Filter[] = [
    ...Filters.map(({ Key: key = "", Values: values = [] }) => ({ key, values })),
    ...InstanceInformationFilterList.map(({ key = "", valueSet: values = [] }) => ({ key, values })),
  ];
  const tests = filters.map(testOf);
  return (facts) => tests.every((test) => test(facts));
}

function testOf({ key, values }: Filter): (facts: Facts) => boolean {
  if (key === "tag-key") return ({ tags }) => tags.some((tag) => values.includes(tag.Key ?? ""));
  if (key.startsWith("tag:")) {
    const name = key.slice("tag:".length);
    return ({ tags }) => tags.some((tag) => tag.Key === name && values.includes(tag.Value ?? ""));
  }
  const known = Object.hasOwn(keys, key) ? keys[key] : undefined;
  if (known === undefined) throw new SsmError("InvalidFilterKey", `The filter key ${key} isn't valid.`);
  const wrong = values.find((value) => known.only?.includes(value) === false);
  if (wrong !== undefined) {
    throw new SsmError("InvalidInstanceInformationFilterValue", `${wrong} isn't a value of the filter ${key}.`);
  }
  return (facts) => values.includes(known.of(facts) ?? "");
}
