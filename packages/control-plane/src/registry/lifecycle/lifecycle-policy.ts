/** A rule of a lifecycle policy. Source: ECR user guide, "Lifecycle policy parameters". */
export interface LifecycleRule {
  /** From 1; the lowest goes first. */
  readonly priority: number;
  readonly tagStatus: "tagged" | "untagged" | "any";
  /** All of these have to match a tag of the image. */
  readonly tagPrefixes: readonly string[];
  /** The same, with `*` for any characters. */
  readonly tagPatterns: readonly string[];
  readonly count:
    | { readonly type: "imageCountMoreThan"; readonly images: number }
    | { readonly type: "sinceImagePushed"; readonly days: number };
}

/** A policy that says what cannot be; the message is for the caller. */
export class BadLifecyclePolicy extends Error {
  override readonly name = "BadLifecyclePolicy";
}

type Json = Readonly<Record<string, unknown>>;

/** The rules of a policy by priority. @throws BadLifecyclePolicy. Source: ECR user guide, "Lifecycle policy parameters". */
export function parseLifecyclePolicy(text: string): readonly LifecycleRule[] {
  let policy: unknown;
  try {
    policy = JSON.parse(text);
  } catch (error) {
    throw new BadLifecyclePolicy("Could not map policyString into LifecyclePolicy.", { cause: error });
  }
  if (!isObject(policy)) throw new BadLifecyclePolicy("Could not map policyString into LifecyclePolicy.");
  requireMembers(policy, { required: ["rules"], optional: [] });
  const { rules: given } = policy;
  if (!Array.isArray(given) || given.length === 0) throw new BadLifecyclePolicy("rules has to be a list of rules");
  if (given.length > mostRules)
    throw new BadLifecyclePolicy(`array is too long: must have at most ${mostRules} elements`);
  const rules = given.map(parseRule).toSorted((a, b) => a.priority - b.priority);
  requireGoingTogether(rules);
  return rules;
}

const mostRules = 50;
const isObject = (value: unknown): value is Json =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const isCount = (value: unknown): value is number =>
  typeof value === "number" && Number.isSafeInteger(value) && value > 0;
const textsIn = (value: unknown, member: string): readonly string[] => {
  if (value === undefined) return [];
  const texts = Array.isArray(value)
    ? value.filter((each): each is string => typeof each === "string" && each !== "")
    : [];
  if (!Array.isArray(value) || texts.length !== value.length) {
    throw new BadLifecyclePolicy(`${member} has to be a list of texts that are not empty`);
  }
  return texts;
};

function requireMembers(object: Json, members: { required: readonly string[]; optional: readonly string[] }): void {
  const missing = members.required.filter((name) => object[name] === undefined);
  if (missing.length > 0) {
    throw new BadLifecyclePolicy(`object has missing required properties (${JSON.stringify(missing.toSorted())})`);
  }
  const unknown = Object.keys(object).filter((name) => ![...members.required, ...members.optional].includes(name));
  if (unknown.length > 0) {
    const message = `object instance has properties which are not allowed by the schema: (${JSON.stringify(unknown)})`;
    throw new BadLifecyclePolicy(message);
  }
}

function oneOf<const T extends string>(value: unknown, choices: readonly T[]): T {
  const found = choices.find((choice) => choice === value);
  if (found !== undefined) return found;
  const message = `instance value (${JSON.stringify(value)}) not found in enum (possible values: ${JSON.stringify(choices)})`;
  throw new BadLifecyclePolicy(message);
}

function parseRule(rule: unknown): LifecycleRule {
  if (!isObject(rule)) throw new BadLifecyclePolicy("a rule has to be an object");
  requireMembers(rule, { required: ["rulePriority", "selection", "action"], optional: ["description"] });
  const { rulePriority: priority, selection, action } = rule;
  if (!isCount(priority)) throw new BadLifecyclePolicy("rulePriority has to be a whole number of at least 1");
  if (!isObject(action) || !isObject(selection))
    throw new BadLifecyclePolicy("selection and action have to be objects");
  requireMembers(action, { required: ["type"], optional: [] });
  oneOf(action["type"], ["expire"]);
  return { priority, ...parseSelection(selection) };
}

function parseSelection(selection: Json): Omit<LifecycleRule, "priority"> {
  requireMembers(selection, {
    required: ["tagStatus", "countType", "countNumber"],
    optional: ["tagPrefixList", "tagPatternList", "countUnit"],
  });
  const tagStatus = oneOf(selection["tagStatus"], ["tagged", "untagged", "any"]);
  const countType = oneOf(selection["countType"], ["imageCountMoreThan", "sinceImagePushed"]);
  const { countNumber: number, countUnit } = selection;
  if (!isCount(number)) throw new BadLifecyclePolicy("countNumber has to be a whole number of at least 1");
  if (countType === "sinceImagePushed") oneOf(countUnit, ["days"]);
  else if (countUnit !== undefined) throw new BadLifecyclePolicy("countUnit goes with sinceImagePushed alone");
  const tagPrefixes = textsIn(selection["tagPrefixList"], "tagPrefixList");
  const tagPatterns = textsIn(selection["tagPatternList"], "tagPatternList");
  if (tagPrefixes.length > 0 && tagPatterns.length > 0) {
    throw new BadLifecyclePolicy("tagPrefixList and tagPatternList do not go together");
  }
  const named = tagPrefixes.length + tagPatterns.length > 0;
  if (named !== (tagStatus === "tagged")) {
    throw new BadLifecyclePolicy("tagPrefixList or tagPatternList goes with tagStatus tagged, and with nothing else");
  }
  if (tagPatterns.some((pattern) => pattern.split("*").length > 5)) {
    throw new BadLifecyclePolicy("a tag pattern has at most four wildcards");
  }
  const count =
    countType === "sinceImagePushed" ? { type: countType, days: number } : { type: countType, images: number };
  return { tagStatus, tagPrefixes, tagPatterns, count };
}

/** @param rules by priority */
function requireGoingTogether(rules: readonly LifecycleRule[]): void {
  const repeated = rules.find(({ priority }, index) => rules[index + 1]?.priority === priority);
  if (repeated !== undefined) throw new BadLifecyclePolicy(`rulePriority ${repeated.priority} is there twice`);
  if (rules.filter(({ tagStatus }) => tagStatus === "untagged").length > 1) {
    throw new BadLifecyclePolicy("only one rule may select untagged images");
  }
  const any = rules.findIndex(({ tagStatus }) => tagStatus === "any");
  if (any >= 0 && any !== rules.length - 1) {
    throw new BadLifecyclePolicy("a rule with tagStatus any has to have the highest rulePriority");
  }
  const selections = rules.map(({ tagPrefixes, tagPatterns }) =>
    JSON.stringify([tagPrefixes.toSorted(), tagPatterns.toSorted()]),
  );
  const tagged = selections.filter((_, index) => rules[index]?.tagStatus === "tagged");
  if (new Set(tagged).size !== tagged.length) throw new BadLifecyclePolicy("two rules select the same tags");
}
