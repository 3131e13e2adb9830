import { type CompiledPolicy, compilePolicy } from "./compile-policy.ts";
import type { AuthorizationRequest } from "./evaluate.ts";
import type { RequestContext } from "./policy-text.ts";

// Policies and requests for tests.

/** A policy of these statements; Effect is Allow, Action and Resource are `*` unless said otherwise. */
export const examplePolicy = (...statements: readonly Readonly<Record<string, unknown>>[]): CompiledPolicy =>
  compilePolicy(
    JSON.stringify({
      Version: "2012-10-17",
      Statement: statements.map((each) => ({
        Effect: "Allow",
        ...("NotAction" in each ? {} : { Action: "*" }),
        ...("NotResource" in each ? {} : { Resource: "*" }),
        ...each,
      })),
    }),
    "identity",
  );

/** A context of these keys. */
export const exampleContext =
  (values: Readonly<Record<string, string | readonly string[]>> = {}): RequestContext =>
  (key) => {
    const found = Object.entries(values).find(([name]) => name.toLowerCase() === key)?.[1];
    return typeof found === "string" ? [found] : found;
  };

/** RunTask of web:1. */
export const exampleRequest = (
  given: Partial<AuthorizationRequest> & {
    readonly keys?: Readonly<Record<string, string | readonly string[]>>;
  } = {},
): AuthorizationRequest => ({
  action: "ecs:RunTask",
  resource: "arn:aws:ecs:us-east-1:000000000000:task-definition/web:1",
  context: exampleContext(given.keys),
  ...given,
});
