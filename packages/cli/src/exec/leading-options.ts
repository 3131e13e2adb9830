export interface ExecWords {
  readonly cluster?: string;
  readonly container?: string;
  readonly words: readonly string[];
}

/** Options may also stand between the task and the command; what comes after the first word is the command's own. */
export function leadingOptions(given: readonly string[]): ExecWords {
  const [first = "", second, ...rest] = given;
  if (first === "--") return { words: given.slice(1) };
  const [, name, value] = /^--(cluster|container)(?:=(.*))?$/s.exec(first) ?? [];
  if (name === undefined) return { words: given };
  if (value !== undefined) return { [name]: value, ...leadingOptions(given.slice(1)) };
  return second === undefined ? { words: given } : { [name]: second, ...leadingOptions(rest) };
}
