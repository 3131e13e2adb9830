import type { ImageIdentifier } from "@aws-sdk/client-ecr";
import type { ImageRepository } from "../../model/image-repository.ts";
import type { Snapshot, Stored } from "../../store/store.ts";
import { EcrError } from "./api-error.ts";
import type { EcrContext } from "./operation.ts";

interface Named {
  readonly registryId?: string | undefined;
  readonly repositoryName?: string | undefined;
}

/** The repository that a call names; there is one registry. @throws EcrError, RegistryRefusal RepositoryNotFoundException */
export function requireRepository(
  { registryId, repositoryName = "" }: Named,
  { registry, caller }: EcrContext,
  snapshot?: Snapshot,
): Stored<"imageRepository"> {
  if (registryId !== undefined && registryId !== caller.accountId) {
    const message = `The repository with name '${repositoryName}' does not exist in the registry with id '${registryId}'`;
    throw new EcrError("RepositoryNotFoundException", message);
  }
  return registry.repository(repositoryName, snapshot);
}

/** Changes settings of the repository that a call names; what is in it stays. */
export function changeRepository(
  named: Named,
  context: EcrContext,
  change: (repository: ImageRepository) => ImageRepository,
): Promise<ImageRepository> {
  const { name } = requireRepository(named, context).value;
  return context.registry.change(name, ({ arn, revision, value: current }) => {
    const value = change(current);
    return {
      writes: value === current ? [] : [{ kind: "imageRepository", arn, expected: revision, value }],
      result: value,
    };
  });
}

/** Host and port under which the caller reaches the registry. */
export const registryHost = (context: Pick<EcrContext, "endpoint" | "calledEndpoint">): string =>
  new URL(registryEndpoint(context)).host;

/** The same as an address, `http://127.0.0.1:4577`. */
export const registryEndpoint = ({
  calledEndpoint,
  endpoint,
}: Pick<EcrContext, "endpoint" | "calledEndpoint">): string => calledEndpoint ?? endpoint;

export const imageNameOf = ({ imageDigest, imageTag }: ImageIdentifier) => ({ digest: imageDigest, tag: imageTag });

/** Source: messages of ECR, as users report them. */
export function imageNotFound({ imageDigest, imageTag }: ImageIdentifier, name: string, registryId: string): EcrError {
  const id = `{imageDigest:'${imageDigest ?? "null"}', imageTag:'${imageTag ?? "null"}'}`;
  return new EcrError(
    "ImageNotFoundException",
    `The image with imageId ${id} does not exist within the repository with name '${name}' in the registry with id '${registryId}'`,
  );
}
