import type { Tag } from "@aws-sdk/client-ecr";
import type { ImageRepository } from "../../model/image-repository.ts";
import { EcrError } from "./api-error.ts";

type Tags = ImageRepository["tags"];

/** Source: ECR user guide, "Tag restrictions". */
const mostTags = 50;

/** Tags of a repository after others were put to it. @throws EcrError InvalidTagParameterException, TooManyTagsException */
export function withTags(known: Tags, added: readonly Tag[]): Tags {
  const given = added.map(({ Key = "", Value = "" }) => ({ Key, Value }));
  for (const { Key, Value } of given) {
    if (Key === "" || Key.length > 128 || Value.length > 256 || /^aws:/i.test(Key)) {
      throw new EcrError("InvalidTagParameterException", `The tag with the key '${Key}' is not valid.`);
    }
  }
  if (new Set(given.map(({ Key }) => Key)).size !== given.length) {
    throw new EcrError("InvalidTagParameterException", "Tag keys must be unique.");
  }
  const tags = [...new Map([...known, ...given].map((tag) => [tag.Key, tag])).values()];
  if (tags.length > mostTags)
    throw new EcrError("TooManyTagsException", `A repository can have at most ${mostTags} tags.`);
  return tags;
}
