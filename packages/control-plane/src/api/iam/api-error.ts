import { ApiError } from "../api-error.ts";

/** The errors of IAM that this house answers with, and their status. Source: IAM API reference, errors of each operation. */
const statuses = {
  AccessDenied: 403,
  DeleteConflict: 409,
  EntityAlreadyExists: 409,
  InvalidInput: 400,
  LimitExceeded: 409,
  MalformedPolicyDocument: 400,
  NoSuchEntity: 404,
  UnmodifiableEntity: 400,
  UnsupportedOperation: 400,
  ValidationError: 400,
} as const;

/** A failure of IAM that the caller is meant to read. */
export class IamError extends ApiError {
  constructor(name: keyof typeof statuses, message: string, options?: ErrorOptions) {
    super(name, message, { ...options, statusCode: statuses[name] });
  }
}
