import type { DeleteVolumeRequest } from "@aws-sdk/client-ec2";
import { ApiError } from "../../api-error.ts";
import { commitPlan } from "../../ecs/commit-plan.ts";
import { requireNoDryRun } from "../listing.ts";
import type { Ec2Operation } from "../operation.ts";
import { allVolumes } from "../volumes.ts";

/**
 * Of a volume that was kept: the agent on whose machine it lies removes it when it next asks which of its volumes are still there.
 * Source: EC2 API reference, DeleteVolume.
 */
export const deleteVolume: Ec2Operation<DeleteVolumeRequest, object> = async (
  { VolumeId: id = "", DryRun },
  { store },
) => {
  requireNoDryRun({ DryRun });
  return commitPlan(store, (snapshot) => {
    const kept = snapshot.get("keptVolume", id);
    if (kept !== undefined && !kept.value.isDeleted) {
      const value = { ...kept.value, isDeleted: true as const };
      return { writes: [{ kind: "keptVolume", arn: id, expected: kept.revision, value }], result: {} };
    }
    if (allVolumes(snapshot).some(({ VolumeId }) => VolumeId === id)) {
      throw new ApiError("VolumeInUse", `Volume ${id} is currently attached to a task`);
    }
    throw new ApiError("InvalidVolume.NotFound", `The volume '${id}' does not exist.`);
  });
};
