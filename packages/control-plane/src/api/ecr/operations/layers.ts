import type { Layer, LayerFailure } from "@aws-sdk/client-ecr";
import { isDigest } from "../../../registry/digest.ts";
import { EcrError } from "../api-error.ts";
import { registryEndpoint, requireRepository } from "../find.ts";
import type { Operation } from "../operation.ts";

/** What clients are told to send at a time, in bytes. Source: ECR API reference, InitiateLayerUpload. */
const partSize = 10 * 1024 * 1024;

/** Source: ECR API reference, BatchCheckLayerAvailability. */
export const batchCheckLayerAvailability: Operation<"BatchCheckLayerAvailability"> = async (input, context) => {
  const { name } = requireRepository(input, context).value;
  const layers: Layer[] = [];
  const failures: LayerFailure[] = [];
  for (const layerDigest of input.layerDigests ?? []) {
    if (!isDigest(layerDigest)) {
      failures.push({ layerDigest, failureCode: "InvalidLayerDigest", failureReason: "Invalid layer digest" });
      continue;
    }
    const layerSize = await context.registry.seeBlob(name, layerDigest);
    layers.push({
      layerDigest,
      layerAvailability: layerSize === undefined ? "UNAVAILABLE" : "AVAILABLE",
      ...(layerSize === undefined ? {} : { layerSize }),
    });
  }
  return { layers, failures };
};

/** An address of the house that gives the layer for an hour, without a login. Source: ECR API reference. */
export const getDownloadUrlForLayer: Operation<"GetDownloadUrlForLayer"> = async (input, context) => {
  const { name } = requireRepository(input, context).value;
  const layerDigest = input.layerDigest ?? "";
  if (context.registry.blobSize(name, layerDigest) === undefined) {
    throw new EcrError(
      "LayersNotFoundException",
      `Layers with digests '[${layerDigest}]' do not exist in the repository with name '${name}' in the registry with id '${context.caller.accountId}'`,
    );
  }
  const token = encodeURIComponent(context.tokens.issueForBlob({ repository: name, digest: layerDigest }));
  return { downloadUrl: `${registryEndpoint(context)}/v2/${name}/blobs/${layerDigest}?token=${token}`, layerDigest };
};

/** Source: ECR API reference, InitiateLayerUpload. */
export const initiateLayerUpload: Operation<"InitiateLayerUpload"> = async (input, context) => {
  const { name } = requireRepository(input, context).value;
  return { uploadId: await context.registry.startUpload(name), partSize };
};

/** Source: ECR API reference, UploadLayerPart. */
export const uploadLayerPart: Operation<"UploadLayerPart"> = async (input, context) => {
  const { name } = requireRepository(input, context).value;
  const { uploadId = "", partFirstByte = 0, partLastByte = 0, layerPartBlob = new Uint8Array() } = input;
  if (partLastByte - partFirstByte + 1 !== layerPartBlob.length) {
    const message = `The part has ${layerPartBlob.length} bytes, and not those from ${partFirstByte} to ${partLastByte}.`;
    throw new EcrError("InvalidLayerPartException", message);
  }
  const content = (async function* () {
    yield layerPartBlob;
  })();
  const received = await context.registry.upload(name, uploadId, { content, from: partFirstByte });
  return { registryId: context.caller.accountId, repositoryName: name, uploadId, lastByteReceived: received - 1 };
};

/** Source: ECR API reference, CompleteLayerUpload. */
export const completeLayerUpload: Operation<"CompleteLayerUpload"> = async (input, context) => {
  const { accountId: registryId } = context.caller;
  const { name } = requireRepository(input, context).value;
  const { uploadId = "", layerDigests: [layerDigest = ""] = [] } = input;
  if ((await context.registry.uploaded(name, uploadId)) === 0) {
    const message = `The upload with id '${uploadId}' does not contain any layer parts in the repository with name '${name}' in the registry with id '${registryId}'`;
    throw new EcrError("EmptyUploadException", message);
  }
  if (context.registry.blobSize(name, layerDigest) !== undefined) {
    const message = `Layer with digest '${layerDigest}' already exists in the repository with name '${name}' in the registry with id '${registryId}'`;
    throw new EcrError("LayerAlreadyExistsException", message);
  }
  await context.registry.finishUpload(name, uploadId, layerDigest);
  return { registryId, repositoryName: name, uploadId, layerDigest };
};
