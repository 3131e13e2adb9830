/** A pattern that cannot be read; `offset` says where in it, from 0. */
export class PatternProblem extends Error {
  override readonly name = "PatternProblem";
  readonly offset: number;

  constructor(problem: string, offset: number) {
    super(problem);
    this.offset = offset;
  }
}

/** A place in a pattern, moved on as it is read. */
export class PatternReader {
  readonly text: string;
  at = 0;
  /** Whether letters stand for their other case, too. */
  ignoresCase = false;
  private depth = 0;

  constructor(text: string) {
    this.text = text;
  }

  /** The next character; empty at the end. */
  get next(): string {
    return this.text[this.at] ?? "";
  }

  /** Whether this stands here; then it is passed over. */
  takes(sign: string): boolean {
    if (!this.text.startsWith(sign, this.at)) return false;
    this.at += sign.length;
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

  /** Reads what lies inside something else. @throws PatternProblem past fifty levels */
  nested<T>(read: () => T): T {
    if (++this.depth > 50) this.fail("a pattern is too deeply nested");
    const found = read();
    this.depth -= 1;
    return found;
  }

  /** @throws PatternProblem */
  fail(problem: string, offset = this.at): never {
    throw new PatternProblem(problem, offset);
  }
}
