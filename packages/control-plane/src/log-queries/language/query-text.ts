import { BadQuery } from "./bad-query.ts";

/** A query's text, read from its start to its end. Comments from `#` to the end of a line are blanks. */
export class QueryText {
  readonly text: string;
  at = 0;

  constructor(text: string) {
    this.text = text;
  }

  skip(): void {
    for (;;) {
      while (/\s/.test(this.text[this.at] ?? "")) this.at++;
      if (this.text[this.at] !== "#") return;
      while (this.at < this.text.length && this.text[this.at] !== "\n") this.at++;
    }
  }

  get isAtEnd(): boolean {
    this.skip();
    return this.at >= this.text.length;
  }

  /** Passes over a sign, if it stands here. */
  takes(sign: string): boolean {
    this.skip();
    if (!this.text.startsWith(sign, this.at)) return false;
    this.at += sign.length;
    return true;
  }

  /** Passes over a word, in any case, if it stands here. */
  takesWord(word: string): boolean {
    this.skip();
    const end = this.at + word.length;
    if (this.text.slice(this.at, end).toLowerCase() !== word || /[\w.@]/.test(this.text[end] ?? "")) return false;
    this.at = end;
    return true;
  }

  match(sticky: RegExp): RegExpExecArray | undefined {
    this.skip();
    sticky.lastIndex = this.at;
    const found = sticky.exec(this.text);
    if (found === null) return undefined;
    this.at = sticky.lastIndex;
    return found;
  }

  require(sign: string): void {
    if (!this.takes(sign)) this.fail(`unexpected symbol found ${this.seen()}, '${sign}' is expected`);
  }

  /** What stands here, for errors. */
  seen(): string {
    this.skip();
    return this.at >= this.text.length ? "<EOF>" : (/\S{1,20}/.exec(this.text.slice(this.at))?.[0] ?? "");
  }

  fail(why: string, start = this.at): never {
    throw new BadQuery(why, start, Math.max(start + 1, this.at));
  }
}
