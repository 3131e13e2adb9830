import type { ImageRepository } from "../model/image-repository.ts";

/** Whether a tag of a repository names the same image for ever. Source: ECR user guide, "Image tag mutability". */
export function isImmutable(
  { tagMutability, tagExclusions }: Pick<ImageRepository, "tagMutability" | "tagExclusions">,
  tag: string,
): boolean {
  switch (tagMutability) {
    case "MUTABLE":
      return false;
    case "IMMUTABLE":
      return true;
    case "IMMUTABLE_WITH_EXCLUSION":
      return !tagExclusions.some((filter) => matchesWildcard(filter, tag));
    case "MUTABLE_WITH_EXCLUSION":
      return tagExclusions.some((filter) => matchesWildcard(filter, tag));
  }
}

/** `*` stands for any characters, and for none. Takes time in proportion to the text for each `*`, whatever the pattern. */
export function matchesWildcard(pattern: string, text: string): boolean {
  const [first = "", ...rest] = pattern.split("*");
  if (rest.length === 0) return pattern === text;
  const last = rest.pop() ?? "";
  if (!text.startsWith(first)) return false;
  let at = first.length;
  for (const part of rest) {
    const found = text.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return text.length - last.length >= at && text.endsWith(last);
}
