import type { IamOperation } from "../operation.ts";
import { pageOf } from "../pages.ts";
import { requirePolicy } from "../policies/find-policy.ts";
import { defaultVersionOf, describeVersion, versionsOf } from "../policies/versions.ts";

/** The versions of a managed policy, newest first. Source: IAM API reference, ListPolicyVersions. */
export const listPolicyVersions: IamOperation<"ListPolicyVersions"> = async (input, { store }) => {
  const found = requirePolicy(store.snapshot(), input.PolicyArn);
  const { items, page } = pageOf(versionsOf(found).toReversed(), input, ({ versionId }) => newestFirst(versionId));
  return { Versions: items.map((version) => describeVersion(version, defaultVersionOf(found))), ...page };
};

/** Sorts `v10` before `v9`. */
const newestFirst = (versionId: string) => String(1e9 - Number(versionId.slice(1))).padStart(10, "0");
