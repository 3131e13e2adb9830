import { BlockList, isIP } from "node:net";
import { ceilTo, floorTo, periodOf } from "./period.ts";
import { Moment, numberOf, textOf, type Value } from "./value.ts";

/** What a function needs beside its arguments. */
export interface Surroundings {
  /** Of the row, if it has one. */
  readonly timestamp: Value;
  /** Epoch milliseconds. */
  readonly now: number;
}

interface QueryFunction {
  /** How many arguments, at the least and at the most. */
  readonly takes: readonly [number, number];
  readonly of: (args: readonly Value[], surroundings: Surroundings) => Value;
}

/** Undefined where the value is no number. */
const numeric =
  (of: (...numbers: readonly number[]) => number): QueryFunction["of"] =>
  (args) => {
    const result = of(...args.map(numberOf));
    return Number.isNaN(result) ? undefined : result;
  };
/** Undefined where the first is not there. */
const textual =
  (of: (text: string, ...rest: readonly Value[]) => Value): QueryFunction["of"] =>
  ([first, ...rest]) =>
    first === undefined ? undefined : of(textOf(first), ...rest);
const rounded =
  (round: (period: NonNullable<ReturnType<typeof periodOf>>, milliseconds: number) => number) =>
  (time: Value, written: Value): Value => {
    const [milliseconds, period] = [numberOf(time), periodOf(textOf(written))];
    if (Number.isNaN(milliseconds) || period === undefined) return undefined;
    return new Moment(round(period, milliseconds));
  };
const floored = rounded(floorTo);
const ceiled = rounded(ceilTo);

/** Takes characters off the ends of a text; blanks if none are said. */
function trimmed(text: string, given: Value, ends: "both" | "left" | "right"): string {
  const isTaken = (character: string | undefined) =>
    character !== undefined && (given === undefined ? /\s/.test(character) : textOf(given).includes(character));
  let [start, end] = [0, text.length];
  if (ends !== "right") while (start < end && isTaken(text[start])) start++;
  if (ends !== "left") while (end > start && isTaken(text[end - 1])) end--;
  return text.slice(start, end);
}

function isInSubnet(address: string, subnet: string, families: readonly number[]): boolean {
  const [network = "", prefix = ""] = subnet.split("/");
  const family = isIP(address);
  if (!families.includes(family) || isIP(network) !== family || !/^\d{1,3}$/.test(prefix)) return false;
  if (Number(prefix) > (family === 4 ? 32 : 128)) return false;
  const list = new BlockList();
  list.addSubnet(network, Number(prefix), family === 4 ? "ipv4" : "ipv6");
  return list.check(address, family === 4 ? "ipv4" : "ipv6");
}
const inSubnet = (...families: readonly number[]) =>
  textual((address, subnet) => isInSubnet(address, textOf(subnet), families));

function parseJson(text: string): Value {
  try {
    return (JSON.parse(text) ?? undefined) as Value;
  } catch {
    return undefined;
  }
}

/** A text can grow so long by being put together. */
const longest = 1_048_576;

/**
 * The functions of one row, by name in small letters.
 * Source: CloudWatch Logs user guide, "Supported operations and functions".
 */
export const functions: Readonly<Record<string, QueryFunction | undefined>> = {
  abs: { takes: [1, 1], of: numeric(Math.abs) },
  ceil: { takes: [1, 1], of: numeric(Math.ceil) },
  floor: { takes: [1, 1], of: numeric(Math.floor) },
  greatest: { takes: [1, 50], of: numeric((...numbers) => Math.max(...numbers)) },
  least: { takes: [1, 50], of: numeric((...numbers) => Math.min(...numbers)) },
  log: { takes: [1, 1], of: numeric(Math.log) },
  sqrt: { takes: [1, 1], of: numeric(Math.sqrt) },

  bin: { takes: [1, 1], of: ([period], { timestamp }) => floored(timestamp, period) },
  datefloor: { takes: [2, 2], of: ([time, period]) => floored(time, period) },
  dateceil: { takes: [2, 2], of: ([time, period]) => ceiled(time, period) },
  frommillis: {
    takes: [1, 1],
    of: ([value]) => (Number.isNaN(numberOf(value)) ? undefined : new Moment(numberOf(value))),
  },
  tomillis: { takes: [1, 1], of: numeric((milliseconds) => milliseconds) },
  now: { takes: [0, 0], of: (_args, { now }) => Math.floor(now / 1000) },

  ispresent: { takes: [1, 1], of: ([value]) => value !== undefined },
  coalesce: { takes: [1, 50], of: (args) => args.find((value) => value !== undefined) },

  isvalidip: { takes: [1, 1], of: textual((text) => isIP(text) !== 0) },
  isvalidipv4: { takes: [1, 1], of: textual((text) => isIP(text) === 4) },
  isvalidipv6: { takes: [1, 1], of: textual((text) => isIP(text) === 6) },
  isipinsubnet: { takes: [2, 2], of: inSubnet(4, 6) },
  isipv4insubnet: { takes: [2, 2], of: inSubnet(4) },
  isipv6insubnet: { takes: [2, 2], of: inSubnet(6) },

  isempty: { takes: [1, 1], of: ([value]) => value === undefined || textOf(value) === "" },
  isblank: { takes: [1, 1], of: ([value]) => value === undefined || textOf(value).trim() === "" },
  concat: { takes: [1, 50], of: (args) => args.map(textOf).join("").slice(0, longest) },
  trim: { takes: [1, 2], of: textual((text, characters) => trimmed(text, characters, "both")) },
  ltrim: { takes: [1, 2], of: textual((text, characters) => trimmed(text, characters, "left")) },
  rtrim: { takes: [1, 2], of: textual((text, characters) => trimmed(text, characters, "right")) },
  strlen: { takes: [1, 1], of: textual((text) => Array.from(text).length) },
  toupper: { takes: [1, 1], of: textual((text) => text.toUpperCase()) },
  tolower: { takes: [1, 1], of: textual((text) => text.toLowerCase()) },
  substr: {
    takes: [2, 3],
    of: textual((text, start, length) =>
      text.slice(Math.max(0, numberOf(start)), length === undefined ? undefined : numberOf(start) + numberOf(length)),
    ),
  },
  replace: {
    takes: [3, 3],
    of: textual((text, search, by) =>
      textOf(search) === "" ? text : text.replaceAll(textOf(search), () => textOf(by)).slice(0, longest),
    ),
  },
  strcontains: { takes: [2, 2], of: textual((text, part) => text.includes(textOf(part))) },
  jsonparse: { takes: [1, 1], of: ([value]) => (typeof value === "object" ? value : parseJson(textOf(value))) },
  jsonstringify: {
    takes: [1, 1],
    of: ([value]) =>
      value === undefined
        ? undefined
        : typeof value === "object" && !(value instanceof Moment)
          ? JSON.stringify(value)
          : JSON.stringify(textOf(value)),
  },
};
