import { compilePolicy } from "../../authorization/compile-policy.ts";
import { PolicyError, type PolicyUse } from "../../authorization/policy-document.ts";
import { IamError } from "./api-error.ts";

/** The document as it was given, found to be one. @throws IamError MalformedPolicyDocument */
export function requireDocument(text: string | undefined, use: PolicyUse): string {
  try {
    compilePolicy(text ?? "", use);
  } catch (error) {
    if (!(error instanceof PolicyError)) throw error;
    throw new IamError("MalformedPolicyDocument", error.message, { cause: error });
  }
  return text ?? "";
}

/** How long a document counts: white space does not. Source: IAM user guide, "IAM and AWS STS quotas". */
export const documentSize = (text: string): number => text.replace(/\s/g, "").length;

/** The document as IAM shows it: percent-encoded after RFC 3986. */
export const encodedDocument = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
