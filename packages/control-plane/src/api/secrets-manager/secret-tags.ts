import type { Tag } from "@aws-sdk/client-secrets-manager";
import { SecretsError } from "./api-error.ts";

/** Source: Secrets Manager API reference, TagResource. */
const most = 50;

/** Tags with others put over them. @throws SecretsError InvalidParameterException, LimitExceededException */
export function withTags(known: readonly Tag[], given: readonly Tag[]): readonly Tag[] {
  const reserved = given.find(({ Key = "" }) => /^aws:/i.test(Key));
  if (reserved !== undefined) {
    throw new SecretsError("InvalidParameterException", "Tag keys that begin with aws: are reserved for AWS use.");
  }
  const tags = [...new Map([...known, ...given].map((tag) => [tag.Key, tag])).values()];
  if (tags.length > most) throw new SecretsError("LimitExceededException", `A secret can have at most ${most} tags.`);
  return tags;
}
