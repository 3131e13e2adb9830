import { BadFilterPattern } from "./bad-filter-pattern.ts";

/** A place in a pattern's text, moved on as it is read. */
export class Scanner {
  readonly text: string;
  at = 0;

  constructor(text: string) {
    this.text = text;
  }

  /** The next character; empty at the end. */
  get next(): string {
    return this.text[this.at] ?? "";
  }

  skipBlanks(): void {
    while (/\s/.test(this.next)) this.at++;
  }

  /** Whether `word` stands here, behind blanks; then it is passed over. */
  takes(word: string): boolean {
    this.skipBlanks();
    if (!this.text.startsWith(word, this.at)) return false;
    this.at += word.length;
    return true;
  }

  /** What a sticky expression matches here; then it is passed over. */
  match(sticky: RegExp): RegExpExecArray | undefined {
    sticky.lastIndex = this.at;
    const found = sticky.exec(this.text);
    if (found === null) return undefined;
    this.at = sticky.lastIndex;
    return found;
  }

  /** @throws BadFilterPattern if anything else stands here */
  require(word: string): void {
    if (!this.takes(word)) this.fail(`'${word}' is expected`);
  }

  fail(why: string, position = this.at): never {
    throw new BadFilterPattern(why, position);
  }
}
