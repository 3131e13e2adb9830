import type { ProtocolName, WireError } from "./protocol.ts";
import type { SignatureError, SignatureFault } from "./signature-error.ts";

/** Source: API reference, "Common error types" of ECS. */
const json: Record<SignatureFault, string> = {
  missing: "MissingAuthenticationTokenException",
  incomplete: "IncompleteSignatureException",
  unknownKey: "UnrecognizedClientException",
  expiredToken: "ExpiredTokenException",
  expired: "InvalidSignatureException",
  notYetCurrent: "InvalidSignatureException",
  mismatch: "InvalidSignatureException",
};

/** Source: API reference, "Common error types" of STS. */
const query: Record<SignatureFault, string> = {
  missing: "MissingAuthenticationToken",
  incomplete: "IncompleteSignature",
  unknownKey: "InvalidClientTokenId",
  expiredToken: "ExpiredToken",
  expired: "SignatureDoesNotMatch",
  notYetCurrent: "SignatureDoesNotMatch",
  mismatch: "SignatureDoesNotMatch",
};

/** EC2 has one name and text for nearly everything. Source: EC2 API reference, "Error codes". */
const ec2: Record<SignatureFault, string> = {
  missing: "AuthFailure",
  incomplete: "IncompleteSignature",
  unknownKey: "AuthFailure",
  expiredToken: "ExpiredToken",
  expired: "RequestExpired",
  notYetCurrent: "RequestExpired",
  mismatch: "AuthFailure",
};

/** A signature's fault as the protocol names it. */
export function describeSignatureError({ fault, message }: SignatureError, protocol: ProtocolName): WireError {
  switch (protocol) {
    case "awsJson1_0":
    case "awsJson1_1":
      return { name: json[fault], message, status: 400 };
    case "restJson1":
      return { name: json[fault], message, status: 403 };
    case "awsQuery":
      return {
        name: query[fault],
        message: fault === "missing" ? "Request is missing Authentication Token" : message,
        status: fault === "incomplete" ? 400 : 403,
      };
    case "ec2Query": {
      const name = ec2[fault];
      if (name !== "AuthFailure") return { name, message, status: 400 };
      return { name, message: "AWS was not able to validate the provided access credentials", status: 401 };
    }
  }
}
