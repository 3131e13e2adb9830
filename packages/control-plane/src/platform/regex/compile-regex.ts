import type { Instruction } from "./regex-program.ts";

/** A regular expression as read; a set has one number for each character, 1 for those that are in it. */
export type Regex =
  | { readonly is: "set"; readonly set: Uint8Array }
  | { readonly is: "start" | "end" }
  | { readonly is: "sequence" | "either"; readonly of: readonly Regex[] }
  | { readonly is: "repeat"; readonly of: Regex; readonly least: number; readonly most: number };

/** As `most` of what may be repeated without end. */
export const forever = Number.POSITIVE_INFINITY;

/** How many instructions an expression takes, with its repetitions written out; they are not, for that. */
export function sizeOf(regex: Regex): number {
  switch (regex.is) {
    case "sequence":
      return regex.of.reduce((sum, each) => sum + sizeOf(each), 0);
    case "either":
      return regex.of.reduce((sum, each) => sum + sizeOf(each) + 2, -2);
    case "repeat": {
      const { of, least, most } = regex;
      const once = sizeOf(of);
      return once * least + (most === forever ? once + 2 : (once + 1) * (most - least));
    }
    case "set":
    case "start":
    case "end":
      return 1;
  }
}

/** What `RegexRunner` runs. Nesting and `sizeOf` are for the caller to limit. */
export function compileRegex(regex: Regex): readonly Instruction[] {
  const program: Instruction[] = [];
  emit(program, regex);
  program.push({ do: "match" });
  return program;
}

type Split = Instruction & { readonly do: "split" };

/** Goes on with the next instruction, or with another that is set later. */
function pushSplit(program: Instruction[]): Split {
  const split = { do: "split" as const, next: program.length + 1, or: program.length + 1 };
  program.push(split);
  return split;
}

function emit(program: Instruction[], regex: Regex): void {
  switch (regex.is) {
    case "set":
      program.push({ do: "take", set: regex.set, next: program.length + 1 });
      break;
    case "sequence":
      for (const each of regex.of) emit(program, each);
      break;
    case "either":
      emitEither(program, regex.of);
      break;
    case "repeat":
      emitRepeat(program, regex);
      break;
    case "start":
    case "end":
      program.push({ do: regex.is, next: program.length + 1 });
  }
}

function emitEither(program: Instruction[], options: readonly Regex[]): void {
  const ends: Split[] = [];
  options.forEach((option, index) => {
    if (index === options.length - 1) return emit(program, option);
    const split = pushSplit(program);
    emit(program, option);
    ends.push(pushSplit(program));
    split.or = program.length;
  });
  for (const end of ends) end.next = end.or = program.length;
}

function emitRepeat(program: Instruction[], { of, least, most }: Regex & { readonly is: "repeat" }): void {
  for (let count = 0; count < least; count++) emit(program, of);
  if (most === forever) {
    const loop = program.length;
    const split = pushSplit(program);
    emit(program, of);
    const back = pushSplit(program);
    back.next = back.or = loop;
    split.or = program.length;
    return;
  }
  const splits: Split[] = [];
  for (let count = least; count < most; count++) {
    splits.push(pushSplit(program));
    emit(program, of);
  }
  for (const split of splits) split.or = program.length;
}
