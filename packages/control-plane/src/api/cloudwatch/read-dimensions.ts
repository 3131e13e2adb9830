import type { Dimension } from "@aws-sdk/client-cloudwatch";
import { invalidValue } from "./api-error.ts";

// Letters, digits and signs that can be seen, and blanks between them. Source: CloudWatch API reference, Dimension.
const allowed = /^[\x20-\x7e]*[\x21-\x7e][\x20-\x7e]*$/;

/**
 * Dimensions by name. @param path how an error names the list, as `MetricData.member.1.Dimensions`
 * @throws CloudWatchError InvalidParameterValue for a name that is given twice, or begins with a colon, or is not ASCII
 */
export function readDimensions(dimensions: readonly Dimension[] = [], path = "Dimensions"): Record<string, string> {
  const found: Record<string, string> = Object.create(null) as Record<string, string>;
  for (const [index, { Name = "", Value = "" }] of dimensions.entries()) {
    const at = `${path}.member.${index + 1}`;
    if (!allowed.test(Name) || Name.startsWith(":"))
      throw invalidValue(`The value ${Name} for parameter ${at}.Name is invalid.`);
    if (!allowed.test(Value)) throw invalidValue(`The value ${Value} for parameter ${at}.Value is invalid.`);
    if (Name in found)
      throw invalidValue(`The parameter ${path} must not contain the same dimension name (${Name}) twice.`);
    found[Name] = Value;
  }
  return found;
}

/** As they are shown. */
export const describeDimensions = (dimensions: Readonly<Record<string, string>>): Dimension[] =>
  Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value }));
