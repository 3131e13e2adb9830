/** A text that is no sequence of shell words: a quote or a backslash without what it belongs to. */
export class ShellWordsError extends Error {
  override readonly name = "ShellWordsError";
}

/**
 * Splits a text into words as a POSIX shell does before it expands anything: blanks separate, a backslash takes the next
 * character as it is, single quotes take everything, and in double quotes a backslash only holds before `$`, a backquote,
 * `"`, a backslash and a newline. A newline after a backslash is no character at all. Nothing is expanded, and no character
 * is an operator; `#` at the start of a word opens a comment to the end of the line.
 * Source: POSIX.1-2024, Shell Command Language, 2.2 Quoting and 2.3 Token Recognition.
 * @throws ShellWordsError
 */
export function shellWords(text: string): readonly string[] {
  const words: string[] = [];
  let word: string | undefined;
  for (let at = 0; at < text.length; at++) {
    const character = text[at] ?? "";
    if (" \t\r\n".includes(character)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else if (character === "#" && word === undefined) {
      const end = text.indexOf("\n", at);
      at = end === -1 ? text.length : end;
    } else if (character === "'") {
      const end = text.indexOf("'", at + 1);
      if (end === -1) throw new ShellWordsError("a single quote is not closed");
      word = (word ?? "") + text.slice(at + 1, end);
      at = end;
    } else if (character === '"') {
      const { inside, end } = doubleQuoted(text, at + 1);
      word = (word ?? "") + inside;
      at = end;
    } else if (character === "\\") {
      const next = text[++at];
      if (next === undefined) throw new ShellWordsError("nothing follows the last backslash");
      if (next !== "\n") word = (word ?? "") + next;
    } else {
      word = (word ?? "") + character;
    }
  }
  return word === undefined ? words : [...words, word];
}

/** @returns what stands inside, and where the closing quote is */
function doubleQuoted(text: string, from: number): { readonly inside: string; readonly end: number } {
  let inside = "";
  for (let at = from; at < text.length; at++) {
    const character = text[at] ?? "";
    if (character === '"') return { inside, end: at };
    const next = text[at + 1] ?? "";
    if (character !== "\\" || next === "" || !'$`"\\\n'.includes(next)) {
      inside += character;
    } else {
      if (next !== "\n") inside += next;
      at++;
    }
  }
  throw new ShellWordsError("a double quote is not closed");
}
