import { BadFilterPattern } from "../../log-filters/pattern/bad-filter-pattern.ts";
import { type FilterPattern, parseFilterPattern } from "../../log-filters/pattern/filter-pattern.ts";
import { LogsError } from "./api-error.ts";

/** A filter pattern that can be read; everything matches without one. @throws LogsError InvalidParameterException */
export function requirePattern(text = ""): FilterPattern {
  try {
    return parseFilterPattern(text);
  } catch (error) {
    if (!(error instanceof BadFilterPattern)) throw error;
    throw new LogsError("InvalidParameterException", `Invalid filter pattern: ${error.message}`, { cause: error });
  }
}
