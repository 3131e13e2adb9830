/**
 * What a regular expression is run as. Characters are numbered 0 to 127, and all others are 128: no expression tells those
 * apart.
 */
export type Instruction =
  | { readonly do: "take"; readonly set: Uint8Array; next: number }
  | { readonly do: "split"; next: number; or: number }
  | { readonly do: "start" | "end"; next: number }
  | { readonly do: "match" };

export type RegexProgram = readonly Instruction[];

/** How many different characters there are. */
export const alphabet = 129;
const other = alphabet - 1;

/** Sets of states that are remembered at the most; then the remembering begins anew. */
const mostStates = 256;

interface State {
  readonly instructions: readonly number[];
  readonly matches: boolean;
  /** By character; -1 where it is not known yet. */
  readonly next: Int16Array;
}

/**
 * Runs a program over texts: once over each character, whatever the expression is, so that none takes long. Sets of states
 * are worked out as they come up, and remembered.
 */
export class RegexRunner {
  private readonly program: RegexProgram;
  private states: State[] = [];
  private known = new Map<string, number>();

  constructor(program: RegexProgram) {
    this.program = program;
  }

  /** Whether the expression matches anywhere in the text. */
  test(text: string): boolean {
    let state = this.enter(this.closure([0], true));
    if (this.states[state]?.matches) return true;
    for (let at = 0; at < text.length; at++) {
      const code = text.charCodeAt(at);
      const symbol = code < other ? code : other;
      const current = this.states[state] as State;
      const known = current.next[symbol] as number;
      state = known >= 0 ? known : this.step(current, symbol);
      if (this.states[state]?.matches) return true;
    }
    const { instructions } = this.states[state] as State;
    return this.closure(instructions, text.length === 0, true).some((at) => this.program[at]?.do === "match");
  }

  private step(from: State, symbol: number): number {
    const targets = [0]; // a match may begin anywhere
    for (const at of from.instructions) {
      const instruction = this.program[at];
      if (instruction?.do === "take" && instruction.set[symbol] === 1) targets.push(instruction.next);
    }
    const next = this.enter(this.closure(targets, false));
    from.next[symbol] = next;
    return next;
  }

  private enter(instructions: readonly number[]): number {
    const key = instructions.join();
    const known = this.known.get(key);
    if (known !== undefined) return known;
    if (this.states.length >= mostStates) {
      // A state that is under way may point at what is forgotten here, but it is forgotten itself.
      this.states = [];
      this.known = new Map();
    }
    const matches = instructions.some((at) => this.program[at]?.do === "match");
    this.states.push({ instructions, matches, next: new Int16Array(alphabet).fill(-1) });
    this.known.set(key, this.states.length - 1);
    return this.states.length - 1;
  }

  /** The instructions that can be reached without taking a character, in order. */
  private closure(from: readonly number[], atStart: boolean, atEnd = false): readonly number[] {
    const seen = new Set<number>();
    const open = [...from];
    for (let at = open.pop(); at !== undefined; at = open.pop()) {
      if (seen.has(at)) continue;
      seen.add(at);
      const instruction = this.program[at];
      if (instruction?.do === "split") open.push(instruction.next, instruction.or);
      if (instruction?.do === "start" && atStart) open.push(instruction.next);
      if (instruction?.do === "end" && atEnd) open.push(instruction.next);
    }
    return [...seen].filter((at) => this.program[at]?.do !== "split").toSorted((a, b) => a - b);
  }
}
