import type { Tag } from "@aws-sdk/client-efs";
import type { FileTag } from "../../model/file-system.ts";
import { EfsError } from "./api-error.ts";

/** Source: EFS user guide, "Tag restrictions". */
const mostTags = 50;

/** Tags with those of `given` added; the last of several with one key counts. @throws EfsError BadRequest for too many */
export function withTags(known: readonly FileTag[], given: readonly Tag[] = []): readonly FileTag[] {
  const tags = new Map(known.map((tag) => [tag.Key, tag]));
  for (const { Key = "", Value = "" } of given) tags.set(Key, { Key, Value });
  if (tags.size > mostTags) throw new EfsError("BadRequest", `A resource can have at most ${mostTags} tags.`);
  return [...tags.values()];
}

export const withoutTags = (known: readonly FileTag[], keys: readonly string[] = []): readonly FileTag[] =>
  known.filter(({ Key }) => !keys.includes(Key));

/** The tag that consoles and lists show as a name. */
export const nameIn = (tags: readonly FileTag[]): { readonly Name?: string } => {
  const name = tags.find(({ Key }) => Key === "Name")?.Value;
  return name === undefined ? {} : { Name: name };
};
