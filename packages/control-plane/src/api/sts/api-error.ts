import { ApiError } from "../api-error.ts";

/** The errors of STS that this house answers with, and their status. Source: STS API reference, AssumeRole. */
const statuses = {
  AccessDenied: 403,
  MalformedPolicyDocument: 400,
  PackedPolicyTooLarge: 400,
  ValidationError: 400,
} as const;

/** A failure of STS that the caller is meant to read. */
export class StsError extends ApiError {
  constructor(name: keyof typeof statuses, message: string, options?: ErrorOptions) {
    super(name, message, { ...options, statusCode: statuses[name] });
  }
}
