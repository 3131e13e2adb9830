import type { Snapshot, Stored } from "../../store/store.ts";
import { type Candidate, type Expiry, expireImages } from "./expire-images.ts";
import { parseLifecyclePolicy } from "./lifecycle-policy.ts";

/** An image that a policy may expire. */
export interface StoredCandidate extends Candidate {
  readonly stored: Stored<"image">;
}

/** What a policy expires of a repository as it is now. @throws BadLifecyclePolicy */
export function expiringIn(
  repositoryArn: string,
  { policyText, now, snapshot }: { readonly policyText: string; readonly now: number; readonly snapshot: Snapshot },
): readonly Expiry<StoredCandidate>[] {
  const rules = parseLifecyclePolicy(policyText);
  const images = snapshot.list("image", { repositoryArn });
  const referenced = new Set(images.flatMap(({ value }) => value.manifests));
  const tags = new Map<string, string[]>();
  for (const { value } of snapshot.list("imageTag", { repositoryArn })) {
    const known = tags.get(value.imageKey);
    if (known === undefined) tags.set(value.imageKey, [value.tag]);
    else known.push(value.tag);
  }
  const candidates = images.map((stored) => ({
    stored,
    digest: stored.value.digest,
    tags: tags.get(stored.arn) ?? [],
    pushedAt: stored.value.pushedAt,
    isReferenced: referenced.has(stored.value.digest),
  }));
  return expireImages(rules, candidates, now);
}
