import { type ConditionTest, conditionTest } from "./condition-operators.ts";
import { parsePolicy } from "./parse-policy.ts";
import type { PolicyDocument, PolicyUse, Principals, Selection, Statement } from "./policy-document.ts";
import { type PolicyText, policyText, type RequestContext, resolvePattern } from "./policy-text.ts";
import { matches, type Pattern, patternOf } from "./wildcard.ts";

/** One statement, ready to be asked. Texts are taken apart here, once, and not per request. */
export interface CompiledStatement {
  readonly effect: "Allow" | "Deny";
  /** Kinds and names of those whom it is about; in trust and resource policies. */
  readonly principals?: Selection<Principals>;
  readonly hasAction: (action: string) => boolean;
  readonly hasResource: (resource: string, context: RequestContext) => boolean;
  readonly conditionsHold: (context: RequestContext) => boolean;
}
export type CompiledPolicy = readonly CompiledStatement[];

/** Reads a document and makes it ready. @throws PolicyError */
export const compilePolicy = (text: string, use: PolicyUse): CompiledPolicy => {
  const document = parsePolicy(text, use);
  return document.statements.map((statement) => compileStatement(statement, document));
};

function compileStatement(statement: Statement, { version }: PolicyDocument): CompiledStatement {
  const variables = version === "2012-10-17";
  const textOf = (text: string) => policyText(text, { variables });
  const conditions = Object.entries(statement.conditions).flatMap(([operator, tests]) => {
    const test = conditionTest(operator);
    return Object.entries(tests).map(([key, values]) => ({
      test,
      key: key.toLowerCase(),
      wanted: values.map(textOf),
    }));
  });
  return {
    effect: statement.effect,
    ...(statement.principals === undefined ? {} : { principals: statement.principals }),
    hasAction: actionsTest(statement.actions),
    hasResource: statement.resources === undefined ? () => true : resourcesTest(statement.resources, textOf),
    conditionsHold: (context) => conditions.every((condition) => holds(condition, context)),
  };
}

/** Actions are told apart without regard to case. */
function actionsTest({ except, of }: Selection<readonly string[]>): (action: string) => boolean {
  const patterns: readonly Pattern[] = of.map((action) => patternOf(action.toLowerCase()));
  return (action) => patterns.some((pattern) => matches(pattern, action.toLowerCase())) !== except;
}

function resourcesTest(
  { except, of }: Selection<readonly string[]>,
  textOf: (text: string) => PolicyText,
): (resource: string, context: RequestContext) => boolean {
  const texts = of.map(textOf);
  return (resource, context) =>
    texts.some((text) => {
      const pattern = resolvePattern(text, context);
      return pattern !== undefined && matches(pattern, resource);
    }) !== except;
}

interface Condition {
  readonly test: ConditionTest;
  readonly key: string;
  readonly wanted: readonly PolicyText[];
}
const holds = ({ test, key, wanted }: Condition, context: RequestContext) => test(context(key), wanted, context);
