import type * as sdk from "@aws-sdk/client-ecr";
import { type RefusalReason, RegistryRefusal } from "../../registry/refusal.ts";
import { ApiError } from "../api-error.ts";

type NameOf<C> = C extends new (
  ...args: never[]
) => infer E
  ? E extends sdk.ECRServiceException
    ? E["name"]
    : never
  : never;
type Shapes = Omit<typeof sdk, "ECRServiceException">;
/** Just what the ECR client can turn back into its exception classes. */
export type EcrErrorName = { [K in keyof Shapes]: NameOf<Shapes[K]> }[keyof Shapes];

/** A failure of an ECR call that the caller is meant to read. */
export class EcrError extends ApiError {
  declare readonly name: EcrErrorName;
  constructor(name: EcrErrorName, message: string, options?: ErrorOptions) {
    super(name, message, options);
  }
}

/** Source: ECR API reference, errors of the operations. */
const names: Record<RefusalReason, EcrErrorName> = {
  blobUnknown: "LayersNotFoundException",
  digestInvalid: "InvalidLayerException",
  imageExists: "ImageAlreadyExistsException",
  imageUnknown: "ImageNotFoundException",
  imagesReferencedUnknown: "ReferencedImagesNotFoundException",
  layersUnknown: "LayersNotFoundException",
  manifestDigestMismatch: "ImageDigestDoesNotMatchException",
  manifestInvalid: "InvalidParameterException",
  rangeInvalid: "InvalidLayerPartException",
  repositoryUnknown: "RepositoryNotFoundException",
  tagImmutable: "ImageTagAlreadyExistsException",
  tagInvalid: "InvalidParameterException",
  tooMany: "LimitExceededException",
  uploadEmpty: "EmptyUploadException",
  uploadUnknown: "UploadNotFoundException",
};

/** An operation whose refusals by the registry come out in ECR's words. */
export const inEcrWords =
  <I, C, O>(operation: (input: I, context: C) => Promise<O>): ((input: I, context: C) => Promise<O>) =>
  async (input, context) => {
    try {
      return await operation(input, context);
    } catch (error) {
      if (!(error instanceof RegistryRefusal)) throw error;
      throw new EcrError(names[error.reason], error.message, { cause: error });
    }
  };
