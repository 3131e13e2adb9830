import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { expireImages } from "./expire-images.ts";
import { parseLifecyclePolicy } from "./lifecycle-policy.ts";

const day = 86_400_000;
const now = 100 * day;
const image = (digest: string, tags: readonly string[], daysAgo: number, isReferenced = false) => ({
  digest,
  tags,
  pushedAt: now - daysAgo * day,
  isReferenced,
});
const rule = (rulePriority: number, selection: object) => ({ rulePriority, selection, action: { type: "expire" } });
const policy = (...rules: readonly object[]) => JSON.stringify({ rules });
const tagged = (prefix: string, countNumber = 1) => ({
  tagStatus: "tagged",
  tagPrefixList: [prefix],
  countType: "imageCountMoreThan",
  countNumber,
});
const expired = (text: string, images: readonly ReturnType<typeof image>[]) =>
  expireImages(parseLifecyclePolicy(text), images, now)
    .map(({ image: { digest }, rulePriority }) => `${digest}${rulePriority}`)
    .toSorted();

describe("the examples of the user guide", () => {
  const images = [image("A", ["beta-1", "prod-1"], 10), image("B", ["beta-2", "prod-2"], 9), image("C", ["beta-3"], 8)];

  test("prod first: what a later rule would expire is the first rule's to keep", () => {
    expect(expired(policy(rule(1, tagged("prod")), rule(2, tagged("beta"))), images)).toEqual(["A1"]);
  });

  test("beta first", () => {
    expect(expired(policy(rule(1, tagged("beta")), rule(2, tagged("prod"))), images)).toEqual(["A1", "B1"]);
  });

  test("by age, untagged, and with patterns", () => {
    const sincePushed = { countType: "sinceImagePushed", countUnit: "days", countNumber: 9 };
    const all = [...images, image("U", [], 20), image("V", [], 1)];
    expect(expired(policy(rule(1, { tagStatus: "untagged", ...sincePushed })), all)).toEqual(["U1"]);
    expect(expired(policy(rule(1, { tagStatus: "any", ...sincePushed })), all)).toEqual(["A1", "U1"]);
    const pattern = { tagStatus: "tagged", tagPatternList: ["b*a-*", "prod-*"], ...sincePushed, countNumber: 1 };
    expect(expired(policy(rule(1, pattern)), all)).toEqual(["A1", "B1"]);
  });

  test("what an index names stays", () => {
    const all = [image("I", ["v1"], 1), image("M", [], 30, true), image("N", [], 30)];
    const untagged = { tagStatus: "untagged", countType: "sinceImagePushed", countUnit: "days", countNumber: 1 };
    expect(expired(policy(rule(1, untagged)), all)).toEqual(["N1"]);
  });
});

test("imageCountMoreThan leaves just so many of the youngest, whatever there is", () => {
  fc.assert(
    fc.property(fc.array(fc.nat(50), { maxLength: 30 }), fc.integer({ min: 1, max: 10 }), (ages, keep) => {
      const images = ages.map((age, at) => image(`d${at}`, [], age));
      const any = { tagStatus: "any", countType: "imageCountMoreThan", countNumber: keep };
      const gone = expireImages(parseLifecyclePolicy(policy(rule(1, any))), images, now).map((each) => each.image);
      const left = images.filter((each) => !gone.includes(each));
      expect(left).toHaveLength(Math.min(keep, images.length));
      for (const old of gone) for (const kept of left) expect(old.pushedAt).toBeLessThanOrEqual(kept.pushedAt);
    }),
  );
});

test.each([
  ["{", "Could not map policyString into LifecyclePolicy."],
  ["{}", 'object has missing required properties (["rules"])'],
  [policy({ rulePriority: 1 }), 'object has missing required properties (["action","selection"])'],
  [policy({ ...rule(1, tagged("a")), extra: 1 }), 'properties which are not allowed by the schema: (["extra"])'],
  [policy({ ...rule(1, tagged("a")), action: { type: "transition" } }), "not found in enum"],
  [policy(rule(0, tagged("a"))), "at least 1"],
  [policy(rule(1, tagged("a", 0))), "at least 1"],
  [policy(rule(1, { ...tagged("a"), countUnit: "days" })), "countUnit goes with sinceImagePushed alone"],
  [policy(rule(1, { ...tagged("a"), tagStatus: "any" })), "goes with tagStatus tagged"],
  [policy(rule(1, { ...tagged("a"), tagPatternList: ["b"] })), "do not go together"],
  [policy(rule(1, tagged("a")), rule(1, tagged("b"))), "rulePriority 1 is there twice"],
  [policy(rule(1, tagged("a")), rule(2, tagged("a"))), "two rules select the same tags"],
  [
    policy(rule(1, { tagStatus: "any", countType: "imageCountMoreThan", countNumber: 1 }), rule(2, tagged("a"))),
    "has to have the highest rulePriority",
  ],
])("%s is refused", (text, message) => {
  expect(() => parseLifecyclePolicy(text)).toThrow(message);
});
