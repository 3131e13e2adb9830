/** Condition operator → condition key → values. */
export type Conditions = Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;

/** Principal kind (`AWS`, `Service`, `Federated`) → who; `"*"` is everybody. */
export type Principals = "*" | Readonly<Record<string, readonly string[]>>;

/** One statement, with lists where the grammar allows one value or several. */
export interface Statement {
  readonly sid?: string;
  readonly effect: "Allow" | "Deny";
  /** `except`: everything but these (NotAction, NotResource, NotPrincipal). */
  readonly actions: Selection<readonly string[]>;
  /** Absent in trust policies, and where a resource policy names none: then it is about what it hangs on. */
  readonly resources?: Selection<readonly string[]>;
  /** In trust and resource policies. */
  readonly principals?: Selection<Principals>;
  readonly conditions: Conditions;
}
export interface Selection<T> {
  readonly except: boolean;
  readonly of: T;
}

export interface PolicyDocument {
  readonly version: "2012-10-17" | "2008-10-17";
  readonly statements: readonly Statement[];
}

/**
 * What a document is for: `identity` says what its role may do, `trust` says who may take the role on, `resource` says who may
 * do what with the thing that it hangs on.
 */
export type PolicyUse = "identity" | "trust" | "resource";

/** A document breaks the grammar; the message is IAM's. */
export class PolicyError extends Error {
  override readonly name = "PolicyError";
}
