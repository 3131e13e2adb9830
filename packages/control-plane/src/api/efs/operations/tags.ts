import { lastSegment } from "@hatoba/contract";
import type { FileTag } from "../../../model/file-system.ts";
import { update } from "../../../store/update.ts";
import { withoutTags, withTags } from "../file-tags.ts";
import { requireAccessPoint, requireFileSystem } from "../find.ts";
import type { EfsContext, Operation } from "../operation.ts";

const isAccessPoint = (id: string) => lastSegment(id).startsWith("fsap-");

async function changeTags(
  id: string,
  { store }: EfsContext,
  change: (tags: readonly FileTag[]) => readonly FileTag[],
): Promise<void> {
  if (isAccessPoint(id)) {
    const { arn } = requireAccessPoint(store.snapshot(), id);
    await update(store, "accessPoint", arn, (point) => ({ ...point, tags: change(point.tags) }));
  } else {
    const { arn } = requireFileSystem(store.snapshot(), id);
    await update(store, "fileSystem", arn, (fs) => ({ ...fs, tags: change(fs.tags) }));
  }
}

/** Of file systems and access points. Source: EFS API reference, TagResource. */
export const tagResource: Operation<"TagResource"> = async ({ ResourceId = "", Tags }, context) => {
  await changeTags(ResourceId, context, (known) => withTags(known, Tags));
  return {};
};

/** Source: EFS API reference, UntagResource. */
export const untagResource: Operation<"UntagResource"> = async ({ ResourceId = "", TagKeys }, context) => {
  await changeTags(ResourceId, context, (known) => withoutTags(known, TagKeys));
  return {};
};

/** Pages follow the keys, which a marker cannot name: all of the at most fifty come at once. Source: EFS API reference, ListTagsForResource. */
export const listTagsForResource: Operation<"ListTagsForResource"> = async ({ ResourceId = "" }, { store }) => {
  const snapshot = store.snapshot();
  const found = isAccessPoint(ResourceId)
    ? requireAccessPoint(snapshot, ResourceId)
    : requireFileSystem(snapshot, ResourceId);
  return { Tags: [...found.value.tags] };
};

/** The older calls, of file systems alone. Source: EFS API reference, CreateTags. */
export const createTags: Operation<"CreateTags"> = async ({ FileSystemId = "", Tags }, context) => {
  await changeTags(FileSystemId, context, (known) => withTags(known, Tags));
  return {};
};

/** Source: EFS API reference, DeleteTags. */
export const deleteTags: Operation<"DeleteTags"> = async ({ FileSystemId = "", TagKeys }, context) => {
  await changeTags(FileSystemId, context, (known) => withoutTags(known, TagKeys));
  return {};
};

/** Source: EFS API reference, DescribeTags. */
export const describeTags: Operation<"DescribeTags"> = async ({ FileSystemId }, { store }) => ({
  Tags: [...requireFileSystem(store.snapshot(), FileSystemId).value.tags],
});
