import { setFlagsFromString } from "node:v8";
import { createContext, Script } from "node:vm";

/** Says of a text whether it matches, as a RegExp does. */
export interface Expression {
  test(text: string): boolean;
}

/** For what has to be stopped from outside. */
const mostMilliseconds = 50;

/**
 * A regular expression of somebody else's in Go's syntax, as far as JavaScript has it, with the flags `(?ims)` in front. Go's take no
 * longer than the text is long, however they are written; so that `(a+)+$` does not hold up the whole agent, V8 is told to change
 * over, after many steps back, to an engine of which the same holds. What that one cannot do, as repeats of more than some sixteen
 * times, is stopped after a while and counts as no match. Case is ignored by reading lower case alone: that engine has no flag for it.
 * @throws SyntaxError
 */
export function linearExpression(pattern: string): Expression {
  setFlagsFromString("--enable-experimental-regexp-engine");
  setFlagsFromString("--enable-experimental-regexp-engine-on-excessive-backtracks");
  const [, given = "", rest = ""] = /^(?:\(\?([ims]+)\))?(.*)$/s.exec(pattern) ?? [];
  const ignoresCase = given.includes("i");
  const flags = given.replaceAll("i", "");
  // What is escaped keeps its case: \S is no \s.
  const source = ignoresCase
    ? rest.replaceAll(/\\.|[^\\]/gs, (part) => (part.length > 1 ? part : part.toLowerCase()))
    : rest;
  const plain = new RegExp(source, flags);
  const expression = isLinear(source, flags) ? plain : stopped(plain);
  return ignoresCase ? { test: (text) => expression.test(text.toLowerCase()) } : expression;
}

/** V8's `l` is for what its other engine can do, and nothing else. */
function isLinear(source: string, flags: string): boolean {
  try {
    return new RegExp(source, `${flags}l`) instanceof RegExp;
  } catch {
    return false;
  }
}

function stopped(expression: RegExp): Expression {
  const context = createContext({ expression, text: "" });
  const script = new Script("expression.test(text)");
  return {
    test(text) {
      context["text"] = text;
      try {
        return script.runInContext(context, { timeout: mostMilliseconds }) === true;
      } catch (error) {
        if ((error as { readonly code?: unknown }).code !== "ERR_SCRIPT_EXECUTION_TIMEOUT") throw error;
        return false;
      } finally {
        context["text"] = "";
      }
    },
  };
}
