/** No line of a transcript is longer, in characters; the rest is the next line. */
const longestLine = 16 * 1024;
/** A control sequence that is longer is none. */
const longestSequence = 4 * 1024;

/**
 * What a terminal shows, as lines of plain text: control sequences are left out, and what was typed over or erased in the
 * line at hand is not in it. Movement to other lines is not followed: of a full-screen program come the texts it wrote.
 */
export class TerminalText {
  private readonly decoder = new TextDecoder();
  private line: string[] = [];
  private column = 0;
  /** An escape sequence that has begun. */
  private sequence: string | undefined;

  /** @returns the lines that are complete by now */
  write(bytes: Uint8Array): readonly string[] {
    return this.read(this.decoder.decode(bytes, { stream: true }));
  }

  /** @returns what is left without the end of a line */
  end(): readonly string[] {
    const lines = this.read(this.decoder.decode());
    return this.line.length === 0 ? lines : [...lines, this.takeLine()];
  }

  private read(text: string): string[] {
    const lines: string[] = [];
    for (const character of text) {
      if (this.sequence !== undefined) this.continueSequence(character);
      else if (character === "\x1b") this.sequence = "";
      else if (character === "\n") lines.push(this.takeLine());
      else if (character === "\r") this.column = 0;
      else if (character === "\b") this.column = Math.max(0, this.column - 1);
      else if (character === "\t" || character >= " ") {
        if (character !== "\x7f") this.put(character);
        if (this.line.length >= longestLine) lines.push(this.takeLine());
      }
    }
    return lines;
  }

  private put(character: string): void {
    while (this.line.length < this.column) this.line.push(" ");
    this.line[this.column++] = character;
  }

  private takeLine(): string {
    const line = this.line.join("").trimEnd();
    this.line = [];
    this.column = 0;
    return line;
  }

  private continueSequence(character: string): void {
    const sequence = (this.sequence ?? "") + character;
    this.sequence = isComplete(sequence) || sequence.length > longestSequence ? undefined : sequence;
    if (this.sequence === undefined) this.apply(sequence);
  }

  /** Of all sequences only those that move and erase within the line. */
  private apply(sequence: string): void {
    const [, count = "", final] = /^\[(\d*)([CDGKP])$/.exec(sequence) ?? [];
    const by = Math.min(longestLine, Math.max(1, Number(count)));
    if (final === "C") this.column = Math.min(longestLine - 1, this.column + by);
    else if (final === "D") this.column = Math.max(0, this.column - by);
    else if (final === "G") this.column = Math.min(longestLine, by) - 1;
    else if (final === "P") this.line.splice(this.column, by);
    else if (final === "K") this.erase(Number(count));
  }

  private erase(what: number): void {
    if (what === 0) this.line.length = Math.min(this.line.length, this.column);
    else if (what === 2) this.line = [];
    else if (what === 1) this.line.fill(" ", 0, Math.min(this.line.length, this.column + 1));
  }
}

/** CSI ends with a letter or its like, OSC and other strings with BEL or ST, everything else after its last character. */
function isComplete(sequence: string): boolean {
  const first = sequence[0] ?? "";
  if (first === "[") return sequence.length > 1 && /[@-~]$/.test(sequence);
  if ("]PX^_".includes(first)) return sequence.endsWith("\x07") || sequence.endsWith("\x1b\\");
  return !/^[ -/]$/.test(sequence.at(-1) ?? "");
}
