import type * as sdk from "@aws-sdk/client-ssm";
import type { SealedTexts } from "../../../credentials/sealed-text.ts";
import { type Parameter, type ParameterVersion, parameterArn } from "../../../model/parameter.ts";
import type { FoundParameter } from "./find-parameter.ts";

type Place = { readonly region: string; readonly accountId: string };

/**
 * A parameter with its value, for the Get… operations. A SecureString that is not to be decrypted is shown as it is sealed.
 * Source: Systems Manager API reference, Parameter.
 */
export function parameterWithValue(
  { parameter: { value: parameter }, version: { value: version }, selector }: FoundParameter,
  { sealed, decrypt, place }: { readonly sealed: SealedTexts; readonly decrypt: boolean; readonly place: Place },
): sdk.Parameter {
  return {
    Name: parameter.name,
    Type: version.type,
    Value: shownValue(version, sealed, decrypt),
    Version: version.version,
    LastModifiedDate: new Date(version.modifiedAt),
    ARN: parameterArn(parameter.name, place),
    DataType: version.dataType,
    ...(selector === undefined ? {} : { Selector: selector }),
  };
}

const shownValue = ({ type, sealedValue }: ParameterVersion, sealed: SealedTexts, decrypt: boolean): string =>
  type === "SecureString" && !decrypt ? sealedValue : sealed.open(sealedValue);

/** What DescribeParameters and GetParameterHistory both tell. Source: Systems Manager API reference, ParameterMetadata. */
const metadata = ({ name }: Parameter, version: ParameterVersion) => ({
  Name: name,
  Type: version.type,
  ...(version.keyId === undefined ? {} : { KeyId: version.keyId }),
  LastModifiedDate: new Date(version.modifiedAt),
  LastModifiedUser: version.modifiedBy,
  ...(version.description === undefined ? {} : { Description: version.description }),
  ...(version.allowedPattern === undefined ? {} : { AllowedPattern: version.allowedPattern }),
  Version: version.version,
  Tier: version.tier,
  Policies: inlinePolicies(version.policies),
  DataType: version.dataType,
});

/** A parameter without its value. */
export const parameterMetadata = (
  parameter: Parameter,
  version: ParameterVersion,
  place: Place,
): sdk.ParameterMetadata => ({ ...metadata(parameter, version), ARN: parameterArn(parameter.name, place) });

/** One version with its value. Source: Systems Manager API reference, ParameterHistory. */
export const parameterHistory = (
  parameter: Parameter,
  version: ParameterVersion,
  { sealed, decrypt }: { readonly sealed: SealedTexts; readonly decrypt: boolean },
): sdk.ParameterHistory => ({
  ...metadata(parameter, version),
  Value: shownValue(version, sealed, decrypt),
  Labels: [...version.labels],
});

function inlinePolicies(policies: string | undefined): sdk.ParameterInlinePolicy[] {
  if (policies === undefined) return [];
  return (JSON.parse(policies) as readonly { readonly Type: string }[]).map((policy) => ({
    PolicyText: JSON.stringify(policy),
    PolicyType: policy.Type,
    PolicyStatus: "Pending",
  }));
}
