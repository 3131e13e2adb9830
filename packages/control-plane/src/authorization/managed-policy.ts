/** A policy that AWS keeps, in the shape of a customer's. */
export interface AwsManagedPolicy {
  readonly policyName: string;
  readonly path: string;
  readonly arn: string;
  readonly policyId: string;
  readonly description: string;
  readonly defaultVersionId: string;
  /** The default version alone. */
  readonly versions: readonly [
    { readonly versionId: string; readonly policyDocument: string; readonly createdAt: number },
  ];
  readonly tags: readonly [];
  /** Epoch milliseconds. */
  readonly createdAt: number;
  /** Epoch milliseconds. */
  readonly updatedAt: number;
}

type StatementJson = Readonly<Record<string, unknown>>;

/** A statement that allows actions, on everything unless said otherwise. */
export const allow = (actions: readonly string[], more: StatementJson = {}): StatementJson => ({
  Effect: "Allow",
  Action: actions,
  Resource: "*",
  ...more,
});

/** Handing roles of these ARNs to services. */
export const passRole = (resource: string, condition: StatementJson): StatementJson =>
  allow(["iam:PassRole"], { Resource: resource, Condition: condition });

/** One policy. @param pathAndName as `/service-role/AmazonECSTaskExecutionRolePolicy` */
export function policy(
  pathAndName: string,
  given: {
    readonly version: number;
    /** An ISO date. */
    readonly since: string;
    readonly description: string;
    readonly statements: readonly StatementJson[];
  },
): AwsManagedPolicy {
  const nameAt = pathAndName.lastIndexOf("/") + 1;
  const policyName = pathAndName.slice(nameAt);
  const createdAt = Date.parse(given.since);
  const versionId = `v${given.version}`;
  const policyDocument = JSON.stringify({ Version: "2012-10-17", Statement: given.statements });
  return {
    policyName,
    path: pathAndName.slice(0, nameAt),
    arn: `arn:aws:iam::aws:policy${pathAndName}`,
    policyId: policyIdOf(policyName),
    description: given.description,
    defaultVersionId: versionId,
    versions: [{ versionId, policyDocument, createdAt }],
    tags: [],
    createdAt,
    updatedAt: createdAt,
  };
}

/** By ARN. */
export const managedPolicies = (policies: readonly AwsManagedPolicy[]): ReadonlyMap<string, AwsManagedPolicy> =>
  new Map(policies.map((each) => [each.arn, each]));

/** `ANPA` and 17 letters or digits, the same ones for the same name. */
function policyIdOf(name: string): string {
  let state = 0n;
  for (const sign of name) state = (state * 131n + BigInt(sign.charCodeAt(0))) % 32n ** 17n;
  const base32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  return `ANPA${Array.from({ length: 17 }, (_, index) => base32[Number((state >> BigInt(5 * index)) % 32n)]).join("")}`;
}
