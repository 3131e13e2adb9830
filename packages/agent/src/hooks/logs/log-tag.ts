/** What a `tag` can speak of. */
export interface TaggedContainer {
  /** 64 hexadecimal digits. */
  readonly id: string;
  readonly name: string;
  readonly image: string;
}

const fields = new Map<string, (container: TaggedContainer) => string>(
  Object.entries({
    ID: ({ id }: TaggedContainer) => id.slice(0, 12),
    FullID: ({ id }: TaggedContainer) => id,
    Name: ({ name }: TaggedContainer) => name,
    ImageName: ({ image }: TaggedContainer) => image,
    DaemonName: () => "docker",
  }),
);
const fieldOf = (inside: string) => /^\.(\w+)$/.exec(inside)?.[1] ?? "";
const action = /\{\{-?\s*(.*?)\s*-?\}\}/g;

/** A field that no tag can have, or an action without an end; undefined if the tag can be read. */
export function wrongInTag(tag: string): string | undefined {
  for (const [whole, inside = ""] of tag.matchAll(action)) if (!fields.has(fieldOf(inside))) return whole;
  return tag.replace(action, "").includes("{{") ? "unclosed action" : undefined;
}

/** The text of a tag for one container: `{{.Name}}/{{.ID}}`. Source: Docker's documentation, log tags. */
export const expandTag = (tag: string, container: TaggedContainer): string =>
  tag.replace(action, (whole, inside: string) => fields.get(fieldOf(inside))?.(container) ?? whole);
