import { IamError } from "../api-error.ts";
import { documentSize, requireDocument } from "../documents.ts";

const maxSize = 2048;

/** Who may take on a role. @throws IamError MalformedPolicyDocument, LimitExceeded above 2,048 characters */
export function requireTrustDocument(text: string | undefined): string {
  const document = requireDocument(text, "trust");
  if (documentSize(document) > maxSize) {
    throw new IamError("LimitExceeded", `Cannot exceed quota for ACLSizePerRole: ${maxSize}`);
  }
  return document;
}
