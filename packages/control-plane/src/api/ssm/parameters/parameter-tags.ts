import type { Tag } from "@aws-sdk/client-ssm";
import { SsmError } from "../api-error.ts";

/** Source: Systems Manager API reference, AddTagsToResource. */
const most = 50;

/** @throws SsmError ValidationException, TooManyTagsError */
export function checkTags(tags: readonly Tag[]): void {
  if (tags.length > most) throw new SsmError("TooManyTagsError", `A resource can have at most ${most} tags.`);
  const keys = tags.map(({ Key = "" }) => Key);
  const reserved = keys.find((key) => /^aws:/i.test(key));
  if (reserved !== undefined) {
    throw new SsmError("ValidationException", `Tag keys that begin with aws: are reserved: ${reserved}`);
  }
  if (new Set(keys).size < keys.length) throw new SsmError("ValidationException", "Duplicate tag keys found.");
}
