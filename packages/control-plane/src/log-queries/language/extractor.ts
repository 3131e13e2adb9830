/** Takes fields off a text. */
export interface Extractor {
  readonly names: readonly string[];
  /** The fields' values in the order of their names; undefined if the text does not match. */
  extract(text: string): readonly (string | undefined)[] | undefined;
}

/**
 * What stands between the parts of a pattern as `user=*, id=*`: each as little as can be, the last up to the end if nothing is behind
 * it. @param names as many as there are asterisks
 */
export function globExtractor(pattern: string, names: readonly string[]): Extractor {
  const [first = "", ...rest] = pattern.split("*");
  return {
    names,
    extract(text) {
      const start = text.indexOf(first);
      if (start === -1) return undefined;
      let at = start + first.length;
      const found: string[] = [];
      for (const [index, part] of rest.entries()) {
        const isOpen = part === "" && index === rest.length - 1;
        const end = isOpen ? text.length : text.indexOf(part, at);
        if (end === -1) return undefined;
        found.push(text.slice(at, end));
        at = end + part.length;
      }
      return found;
    },
  };
}

/** The named groups of a regular expression. */
export const regexExtractor = (regex: RegExp, names: readonly string[]): Extractor => ({
  names,
  extract(text) {
    const groups = regex.exec(text)?.groups;
    return groups === undefined ? undefined : names.map((name) => groups[name]);
  },
});
