/** A text that is no expression; says where. */
export class QuerySyntaxError extends Error {
  override readonly name = "QuerySyntaxError";
}

/** Reads an expression from left to right, one pattern at a time, over the white space between them. */
export class QueryScanner {
  private position = 0;
  private tokenAt = 0;
  private depth = 0;
  private spent = 0;
  private readonly text: string;

  constructor(text: string) {
    this.text = text;
    this.skipSpace();
  }

  get atEnd(): boolean {
    return this.position >= this.text.length;
  }

  /** What the sticky pattern matches here, having moved behind it; undefined, and not moved, if it does not match. */
  take(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.position;
    const [found] = pattern.exec(this.text) ?? [];
    if (found === undefined) return undefined;
    this.tokenAt = this.position;
    this.position += found.length;
    this.skipSpace();
    return found;
  }

  /** As `take`, but what is missing is an error. @throws QuerySyntaxError */
  require(pattern: RegExp, expected: string): string {
    return this.take(pattern) ?? this.fail(`expected ${expected}`);
  }

  /** @throws QuerySyntaxError */
  fail(problem: string): never {
    const found = this.atEnd ? "the end" : `"${this.text.slice(this.position, this.position + 20)}"`;
    throw new QuerySyntaxError(`${problem} at position ${this.position + 1}, found ${found}`);
  }

  /** What was read last cannot stand there, from `offset` characters into it on. @throws QuerySyntaxError */
  refuse(problem: string, offset = 0): never {
    throw new QuerySyntaxError(`${problem} at position ${this.tokenAt + offset + 1}`);
  }

  /** Adds to what the expression takes. @throws QuerySyntaxError past the most that all of it may */
  spend(amount: number, most: number): void {
    this.spent += amount;
    if (this.spent > most) this.refuse("the patterns of an expression repeat too much");
  }

  /**
   * A regular expression without quotation marks: up to white space, a quotation mark, or a `)` that it has not opened. It
   * may hold characters that mean something elsewhere.
   */
  takePattern(): string | undefined {
    let isClass = false;
    let open = 0;
    let end = this.position;
    for (; end < this.text.length; end++) {
      const character = this.text[end] ?? "";
      if (/[\s'"]/.test(character)) break;
      if (character === "\\") end++;
      else if (isClass) isClass = character !== "]";
      else if (character === "[") isClass = true;
      else if (character === "(") open++;
      else if (character === ")" && --open < 0) break;
    }
    if (end <= this.position) return undefined;
    this.tokenAt = this.position;
    this.position = Math.min(end, this.text.length);
    const found = this.text.slice(this.tokenAt, this.position);
    this.skipSpace();
    return found;
  }

  /** Reads something that lies inside something else. @throws QuerySyntaxError past a hundred levels */
  nested<T>(read: () => T): T {
    this.depth += 1;
    if (this.depth > 100) this.fail("too deeply nested");
    const found = read();
    this.depth -= 1;
    return found;
  }

  private skipSpace(): void {
    while (/\s/.test(this.text[this.position] ?? "")) this.position += 1;
  }
}
