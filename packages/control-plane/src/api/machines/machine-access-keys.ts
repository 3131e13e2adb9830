import type { MachineKeys } from "../../credentials/machine-keys.ts";
import { roleUniqueId } from "../../credentials/role-unique-id.ts";
import type { Settings } from "../../settings.ts";
import type { Store } from "../../store/store.ts";
import type { AccessKeys } from "../http/access-keys.ts";

/** The keys of machines that joined, those taken away too: whoever comes with one of those is told why it opens nothing. */
export const machineAccessKeys = ({
  store,
  keys,
  settings: { accountId, region },
}: {
  readonly store: Store;
  readonly keys: MachineKeys;
  readonly settings: Pick<Settings, "accountId" | "region">;
}): AccessKeys => ({
  lookupKey(accessKeyId) {
    const machine = store.snapshot().list("managedInstance", { accessKeyId })[0]?.value;
    if (machine === undefined) return undefined;
    const { instanceId, iamRole, revokedAt } = machine;
    return {
      secretAccessKey: keys.secretOf(machine),
      caller: {
        accountId,
        region,
        // As AWS has it: the machine is a session of the role that its activation names.
        arn: `arn:aws:sts::${accountId}:assumed-role/${iamRole}/${instanceId}`,
        userId: `${roleUniqueId(`arn:aws:iam::${accountId}:role/${iamRole}`)}:${instanceId}`,
        accessKeyId,
        machine: { instanceId, revoked: revokedAt !== undefined },
      },
    };
  },
});
