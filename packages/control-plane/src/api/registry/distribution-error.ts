import { type RefusalReason, RegistryRefusal } from "../../registry/refusal.ts";
import { HttpRefusal } from "../http/refusal.ts";

/** An error as the distribution protocol has it. */
export interface DistributionError {
  readonly status: number;
  /** Source: OCI distribution specification, error codes. */
  readonly code: string;
  readonly message: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A request that the protocol itself does not allow. */
export class DistributionRefusal extends Error implements DistributionError {
  override readonly name = "DistributionRefusal";
  readonly status: number;
  readonly code: string;
  readonly headers: Readonly<Record<string, string>>;

  constructor({ status, code, message, headers = {} }: DistributionError) {
    super(message);
    [this.status, this.code, this.headers] = [status, code, headers];
  }
}

const codes: Record<RefusalReason, readonly [number, string]> = {
  blobUnknown: [404, "BLOB_UNKNOWN"],
  digestInvalid: [400, "DIGEST_INVALID"],
  imageExists: [400, "TAG_INVALID"],
  imageUnknown: [404, "MANIFEST_UNKNOWN"],
  imagesReferencedUnknown: [404, "MANIFEST_BLOB_UNKNOWN"],
  layersUnknown: [404, "MANIFEST_BLOB_UNKNOWN"],
  manifestDigestMismatch: [400, "DIGEST_INVALID"],
  manifestInvalid: [400, "MANIFEST_INVALID"],
  rangeInvalid: [416, "BLOB_UPLOAD_INVALID"],
  repositoryUnknown: [404, "NAME_UNKNOWN"],
  tagImmutable: [400, "TAG_INVALID"],
  tagInvalid: [400, "TAG_INVALID"],
  tooMany: [429, "TOOMANYREQUESTS"],
  uploadEmpty: [400, "BLOB_UPLOAD_INVALID"],
  uploadUnknown: [404, "BLOB_UPLOAD_UNKNOWN"],
};

/** What the caller hears of an error; undefined for a fault of ours. */
export function distributionErrorOf(error: unknown): DistributionError | undefined {
  if (error instanceof DistributionRefusal) return error;
  if (error instanceof HttpRefusal) return { status: 403, code: "DENIED", message: error.message };
  if (!(error instanceof RegistryRefusal)) return undefined;
  const [status, code] = codes[error.reason];
  const { message, received } = error;
  return { status, code, message, ...(received === undefined ? {} : { headers: { range: uploadRange(received) } }) };
}

/** How much of an upload there is, as its answers say it. */
export const uploadRange = (bytes: number): string => `0-${Math.max(0, bytes - 1)}`;
