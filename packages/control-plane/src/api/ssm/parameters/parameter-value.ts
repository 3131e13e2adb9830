import { runInNewContext } from "node:vm";
import type { PutParameterRequest } from "@aws-sdk/client-ssm";
import type { ParameterVersion } from "../../../model/parameter.ts";
import { SsmError } from "../api-error.ts";

/** In bytes. Source: Systems Manager user guide, "Managing parameter tiers". */
const most = { Standard: 4096, Advanced: 8192 } as const;
const aboutTiers =
  "For more information, see https://docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-advanced-parameters.html";

export type Tier = ParameterVersion["tier"];

/**
 * The tier of a new version. Intelligent tiering takes the cheaper one that can hold it, and nothing goes back to Standard.
 * @throws SsmError ValidationException for a value that is too large, or a step back
 */
export function tierOf({ Tier: wish, Value = "", Policies }: PutParameterRequest, before: Tier | undefined): Tier {
  const bytes = Buffer.byteLength(Value);
  const needed: Tier = bytes > most.Standard || hasPolicies(Policies) ? "Advanced" : "Standard";
  if (wish === "Standard" && before === "Advanced") {
    throw invalid(
      `This parameter uses the advanced-parameter tier. You can't downgrade a parameter from the advanced-parameter tier to the standard-parameter tier. If necessary, you can delete the advanced parameter and recreate it as a standard parameter. ${aboutTiers}`,
    );
  }
  const tier =
    wish === "Intelligent-Tiering" ? (before === "Advanced" ? before : needed) : (wish ?? before ?? "Standard");
  if (tier === "Standard" && bytes > most.Standard) {
    throw invalid(
      `Standard tier parameters support a maximum parameter value of ${most.Standard} characters. To create a larger parameter value, upgrade the parameter to use the advanced-parameter tier. ${aboutTiers}`,
    );
  }
  if (bytes > most.Advanced) {
    throw invalid(`Advanced tier parameters support a maximum parameter value of ${most.Advanced} characters.`);
  }
  if (tier === "Standard" && hasPolicies(Policies)) {
    throw invalid(`Parameter policies are supported by the advanced-parameter tier only. ${aboutTiers}`);
  }
  return tier;
}

const hasPolicies = (policies: string | undefined): boolean => policies !== undefined && policies.trim() !== "[]";

const mostMatchingMs = 100;

/**
 * Whether a value is one of its type and fits the pattern. The value stands in no message.
 * @throws SsmError ValidationException, ParameterPatternMismatchException, InvalidAllowedPatternException
 */
export function checkValue({ Value = "", AllowedPattern, DataType = "text" }: PutParameterRequest): void {
  if (Value === "") {
    throw invalid(
      "1 validation error detected: Value '' at 'value' failed to satisfy constraint: Member must have length greater than or equal to 1.",
    );
  }
  if (/\{\{[^{}]*\}\}/.test(Value)) {
    throw invalid('Parameter value can\'t nest another parameter. Do not use "{{}}" in the value.');
  }
  if (!["text", "aws:ec2:image", "aws:ssm:integration"].includes(DataType)) {
    throw invalid(`The following data type is not supported: ${DataType} (Data type names are all lowercase.)`);
  }
  if (DataType === "aws:ec2:image" && !/^ami-([0-9a-f]{8}|[0-9a-f]{17})$/.test(Value)) {
    throw invalid("The parameter value is not a valid AMI ID.");
  }
  if (AllowedPattern) checkPattern(Value, AllowedPattern);
}

function checkPattern(value: string, pattern: string): void {
  if (fits(value, pattern)) return;
  throw new SsmError(
    "ParameterPatternMismatchException",
    `Parameter value, cannot be validated against allowedPattern: ${pattern}`,
  );
}

/** @throws SsmError InvalidAllowedPatternException for what is no pattern, or one that would take for ever */
function fits(value: string, pattern: string): boolean {
  try {
    const test = "new RegExp(`^(?:${pattern})$`, 'u').test(value)";
    return runInNewContext(test, { value, pattern }, { timeout: mostMatchingMs }) === true;
  } catch (cause) {
    throw new SsmError(
      "InvalidAllowedPatternException",
      "The request does not meet the regular expression requirement.",
      { cause },
    );
  }
}

const invalid = (message: string) => new SsmError("ValidationException", message);
