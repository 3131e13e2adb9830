const plain = /^[A-Za-z0-9_@%+=:,./-]+$/;

/**
 * A command's words as the one text that ExecuteCommand takes, which is split again by shell word rules. One word alone
 * stands as it is, so that a whole line may be given in quotes; none is a shell.
 */
export function commandText(words: readonly string[]): string {
  if (words.length === 0) return "/bin/sh";
  const [only = ""] = words;
  return words.length === 1 ? only : words.map(quoted).join(" ");
}

const quoted = (word: string): string => (plain.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`);
