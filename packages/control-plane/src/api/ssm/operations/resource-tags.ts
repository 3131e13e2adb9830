import type { Tag } from "@aws-sdk/client-ssm";
import { parameterKey } from "../../../model/parameter.ts";
import { NotFoundError, type Snapshot, type Stored } from "../../../store/store.ts";
import { update } from "../../../store/update.ts";
import { SsmError } from "../api-error.ts";
import type { Operation } from "../operation.ts";
import { checkTags } from "../parameters/parameter-tags.ts";

interface TaggedResource {
  readonly ResourceType?: string | undefined;
  readonly ResourceId?: string | undefined;
}

/** Parameters, by name or ARN. @throws SsmError InvalidResourceType for anything else, InvalidResourceId */
function requireTagged(snapshot: Snapshot, { ResourceType, ResourceId = "" }: TaggedResource): Stored<"parameter"> {
  if (ResourceType !== "Parameter") {
    throw new SsmError("InvalidResourceType", `Resources of the type ${ResourceType} cannot be tagged here.`);
  }
  const found = snapshot.get("parameter", parameterKey(ResourceId));
  if (found === undefined) throw noResource();
  return found;
}

const noResource = (options?: ErrorOptions) =>
  new SsmError(
    "InvalidResourceId",
    "The resource ID is not valid. Verify that you entered the correct ID and try again.",
    options,
  );

const changeTags =
  (
    change: (
      tags: readonly Tag[],
      input: { readonly Tags?: Tag[] | undefined; readonly TagKeys?: string[] | undefined },
    ) => readonly Tag[],
  ) =>
  async (
    input: TaggedResource & { readonly Tags?: Tag[] | undefined; readonly TagKeys?: string[] | undefined },
    { store }: Parameters<Operation<"AddTagsToResource">>[1],
  ): Promise<object> => {
    const { arn } = requireTagged(store.snapshot(), input);
    try {
      await update(store, "parameter", arn, (parameter) => ({ ...parameter, tags: change(parameter.tags, input) }));
    } catch (error) {
      if (error instanceof NotFoundError) throw noResource({ cause: error });
      throw error;
    }
    return {};
  };

/** Of parameters. Source: Systems Manager API reference, AddTagsToResource. */
export const addTagsToResource: Operation<"AddTagsToResource"> = changeTags((known, { Tags = [] }) => {
  const tags = [...new Map([...known, ...Tags].map((tag) => [tag.Key, tag])).values()];
  checkTags(tags);
  return tags;
});

/** Source: Systems Manager API reference, RemoveTagsFromResource. */
export const removeTagsFromResource: Operation<"RemoveTagsFromResource"> = changeTags((known, { TagKeys = [] }) =>
  known.filter(({ Key = "" }) => !TagKeys.includes(Key)),
);

/** Source: Systems Manager API reference, ListTagsForResource. */
export const listTagsForResource: Operation<"ListTagsForResource"> = async (input, { store }) => ({
  TagList: [...requireTagged(store.snapshot(), input).value.tags],
});
