import { compilePolicy } from "../../authorization/compile-policy.ts";
import { PolicyError } from "../../authorization/policy-document.ts";
import { SecretsError } from "./api-error.ts";

type Statement = Readonly<Record<string, unknown>>;

/**
 * What is wrong with a resource policy: nothing, or one sentence. Whom it is for is looked at here, the rest as in any policy.
 * Source: Secrets Manager user guide, "Resource-based policies".
 */
export function resourcePolicyProblem(text: string): string | undefined {
  try {
    const statements = statementsOf(text);
    if (
      statements.some((statement) => statement["Principal"] === undefined && statement["NotPrincipal"] === undefined)
    ) {
      return "Each statement needs a Principal or a NotPrincipal.";
    }
    const { Version } = JSON.parse(text) as { readonly Version?: unknown };
    const withoutPrincipals = statements.map(({ Principal: _is, NotPrincipal: _isNot, ...rest }) => rest);
    compilePolicy(JSON.stringify({ Version: Version ?? "2008-10-17", Statement: withoutPrincipals }), "identity");
    return undefined;
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof TypeError)
      return "This resource policy contains invalid Json.";
    if (error instanceof PolicyError) return error.message;
    throw error;
  }
}

/** @throws SecretsError MalformedPolicyDocumentException, PublicPolicyException */
export function checkResourcePolicy(text: string, blocksPublic: boolean): void {
  const problem = resourcePolicyProblem(text);
  if (problem !== undefined) throw new SecretsError("MalformedPolicyDocumentException", problem);
  if (blocksPublic && isPublic(text)) {
    throw new SecretsError(
      "PublicPolicyException",
      "You can't create or modify a resource policy that grants access to a wide range of IAM principals.",
    );
  }
}

/** Whether everybody is let in, without a condition. */
export const isPublic = (text: string): boolean =>
  statementsOf(text).some(
    ({ Effect, Principal, Condition }) =>
      Effect === "Allow" && Condition === undefined && JSON.stringify(Principal ?? "").includes('"*"'),
  );

function statementsOf(text: string): readonly Statement[] {
  const { Statement } = JSON.parse(text) as { readonly Statement?: unknown };
  const statements = (Array.isArray(Statement) ? Statement : [Statement]) as readonly unknown[];
  if (statements.some((each) => typeof each !== "object" || each === null)) {
    throw new PolicyError("The policy has no statements.");
  }
  return statements as readonly Statement[];
}
