/** The part of metric math that there is: numbers, ids of other queries, `+ - * /` and parentheses. */
export type Expression =
  | { readonly kind: "number"; readonly value: number }
  | { readonly kind: "id"; readonly id: string }
  | { readonly kind: "operation"; readonly sign: Sign; readonly left: Expression; readonly right: Expression };
type Sign = "+" | "-" | "*" | "/";

/** A time with its value; ascending or descending. */
export type Series = readonly (readonly [at: number, value: number])[];

const deepest = 50;

/** Undefined for what is not of that part, functions among it. */
export function parseExpression(text: string): Expression | undefined {
  const tokens = /^(\s*(\d+(\.\d+)?|[a-z][a-zA-Z0-9_]*|[-+*/()]))*\s*$/.test(text)
    ? (text.match(/\d+(\.\d+)?|[a-z][a-zA-Z0-9_]*|[-+*/()]/g) ?? [])
    : [];
  const parser = new Parser(tokens);
  const expression = parser.sum(0);
  return parser.isAtEnd ? expression : undefined;
}

/** What it refers to. */
export function idsIn(expression: Expression): readonly string[] {
  if (expression.kind === "number") return [];
  return expression.kind === "id" ? [expression.id] : [...idsIn(expression.left), ...idsIn(expression.right)];
}

/** Time by time, where all that it refers to has a value and the outcome is a number. Source: CloudWatch user guide, "Using metric math". */
export function evaluate(expression: Expression, series: ReadonlyMap<string, Series>): Series {
  const [first = "", ...others] = idsIn(expression);
  const byTime = new Map([first, ...others].map((id) => [id, new Map(series.get(id) ?? [])]));
  return (series.get(first) ?? []).flatMap(([at]) => {
    const value = valueAt(expression, (id) => byTime.get(id)?.get(at));
    return value === undefined || !Number.isFinite(value) ? [] : [[at, value] as const];
  });
}

function valueAt(expression: Expression, valueOf: (id: string) => number | undefined): number | undefined {
  if (expression.kind === "number") return expression.value;
  if (expression.kind === "id") return valueOf(expression.id);
  const [left, right] = [valueAt(expression.left, valueOf), valueAt(expression.right, valueOf)];
  return left === undefined || right === undefined ? undefined : apply[expression.sign](left, right);
}

const apply: Readonly<Record<Sign, (left: number, right: number) => number>> = {
  "+": (left, right) => left + right,
  "-": (left, right) => left - right,
  "*": (left, right) => left * right,
  "/": (left, right) => left / right,
};

class Parser {
  private readonly tokens: readonly string[];
  private at = 0;
  constructor(tokens: readonly string[]) {
    this.tokens = tokens;
  }

  get isAtEnd(): boolean {
    return this.at === this.tokens.length;
  }

  sum(depth: number): Expression | undefined {
    return this.chain(["+", "-"], () => this.chain(["*", "/"], () => this.factor(depth)));
  }

  private chain(signs: readonly Sign[], operand: () => Expression | undefined): Expression | undefined {
    let left = operand();
    while (left !== undefined) {
      const sign = signs.find((each) => each === this.tokens[this.at]);
      if (sign === undefined) return left;
      this.at += 1;
      const right = operand();
      left = right && { kind: "operation", sign, left, right };
    }
    return undefined;
  }

  private factor(depth: number): Expression | undefined {
    const token = this.tokens[this.at++];
    if (token === undefined || depth > deepest) return undefined;
    if (/^\d/.test(token)) return { kind: "number", value: Number(token) };
    if (/^[a-z]/.test(token)) return { kind: "id", id: token };
    if (token === "-") {
      const right = this.factor(depth + 1);
      return right && { kind: "operation", sign: "-", left: { kind: "number", value: 0 }, right };
    }
    if (token !== "(") return undefined;
    const inner = this.sum(depth + 1);
    return this.tokens[this.at++] === ")" ? inner : undefined;
  }
}
