import { S3Error } from "./s3-error.ts";

const invalid = (message: string) => new S3Error("InvalidTag", message, 400);

/** Source: S3 user guide, "Categorizing your objects using tags". @throws S3Error InvalidTag, BadRequest */
export function requireTags(given: readonly (readonly [string, string])[], most: number): Record<string, string> {
  if (given.length > most) {
    const subject = most === 10 ? "Object" : "Bucket";
    throw new S3Error("BadRequest", `${subject} tags cannot be greater than ${most}`, 400);
  }
  const tags: Record<string, string> = {};
  for (const [key, value] of given) {
    if (key === "" || key.length > 128) throw invalid("The TagKey you have provided is invalid");
    if (value.length > 256) throw invalid("The TagValue you have provided is invalid");
    if (key.startsWith("aws:")) throw invalid("System tags cannot be added/updated by requester");
    if (Object.hasOwn(tags, key)) throw invalid("Cannot provide multiple Tags with the same key");
    Object.defineProperty(tags, key, { value, enumerable: true, configurable: true, writable: true });
  }
  return tags;
}

/** As answers have them. */
export const tagSet = (tags: Readonly<Record<string, string>>): { Key: string; Value: string }[] =>
  Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
