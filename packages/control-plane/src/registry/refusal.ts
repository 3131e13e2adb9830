/** Why the registry does not do what it is asked. ECR's API and the distribution protocol each have their own words for these. */
export type RefusalReason =
  | "blobUnknown"
  | "digestInvalid"
  | "imageExists"
  | "imageUnknown"
  | "imagesReferencedUnknown"
  | "layersUnknown"
  | "manifestDigestMismatch"
  | "manifestInvalid"
  | "rangeInvalid"
  | "repositoryUnknown"
  | "tagImmutable"
  | "tagInvalid"
  | "tooMany"
  | "uploadEmpty"
  | "uploadUnknown";

/** An expected no of the registry; its message is for the caller. */
export class RegistryRefusal extends Error {
  override readonly name = "RegistryRefusal";
  readonly reason: RefusalReason;
  /** Of `rangeInvalid`: how many bytes there are already. */
  readonly received: number | undefined;

  constructor(reason: RefusalReason, message: string, received?: number) {
    super(message);
    this.reason = reason;
    this.received = received;
  }
}
