/** A text that is no expression; says where. */
export class QuerySyntaxError extends Error {
  override readonly name = "QuerySyntaxError";
}

/** Reads an expression from left to right, one pattern at a time, over the white space between them. */
export class QueryScanner {
  private position = 0;
  private tokenAt = 0;
  private depth = 0;
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

  /** What was read last cannot stand there. @throws QuerySyntaxError */
  refuse(problem: string): never {
    throw new QuerySyntaxError(`${problem} at position ${this.tokenAt + 1}`);
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
