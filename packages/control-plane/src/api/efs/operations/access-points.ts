import type { CreateAccessPointRequest } from "@aws-sdk/client-efs";
import type { AccessPoint } from "../../../model/file-system.ts";
import { commitPlan } from "../../ecs/commit-plan.ts";
import { EfsError } from "../api-error.ts";
import { describeAccessPoint } from "../describe.ts";
import { withTags } from "../file-tags.ts";
import { accessPointsOf, requireAccessPoint, requireFileSystem } from "../find.ts";
import type { Operation } from "../operation.ts";
import { pageOf } from "../page.ts";

/** Source: EFS user guide, "Amazon EFS quotas". */
const mostAccessPoints = 10_000;

/** Its root directory is made when it is first mounted. Source: EFS API reference, CreateAccessPoint. */
export const createAccessPoint: Operation<"CreateAccessPoint"> = async (input, { store, ids, caller }) => {
  const clientToken = input.ClientToken ?? ids.uuid();
  const value = await commitPlan(store, (snapshot) => {
    const { arn: fileSystemId, revision, value: fs } = requireFileSystem(snapshot, input.FileSystemId);
    const points = accessPointsOf(snapshot, fileSystemId);
    const same = points.find((point) => point.clientToken === clientToken);
    if (same !== undefined) {
      const message = `Access point ${same.accessPointId} already exists with client token '${clientToken}'`;
      throw new EfsError("AccessPointAlreadyExists", message, { members: { AccessPointId: same.accessPointId } });
    }
    if (points.length >= mostAccessPoints) {
      throw new EfsError(
        "AccessPointLimitExceeded",
        `A file system can have at most ${mostAccessPoints} access points.`,
      );
    }
    const point = newAccessPoint(input, { accessPointId: `fsap-${ids.hex(17)}`, fileSystemId, clientToken });
    return {
      writes: [
        // As it is: so that a token is used once, and nothing comes to a file system that is being deleted.
        { kind: "fileSystem", arn: fileSystemId, expected: revision, value: fs },
        { kind: "accessPoint", arn: point.accessPointId, expected: 0, value: point },
      ],
      result: point,
    };
  });
  return { ...describeAccessPoint(value, caller), LifeCycleState: "creating" };
};

function newAccessPoint(
  { PosixUser: user, RootDirectory: root, Tags }: CreateAccessPointRequest,
  own: Pick<AccessPoint, "accessPointId" | "fileSystemId" | "clientToken">,
): AccessPoint {
  const info = root?.CreationInfo;
  return {
    ...own,
    tags: withTags([], Tags),
    ...(user && {
      posixUser: { uid: user.Uid ?? 0, gid: user.Gid ?? 0, secondaryGids: user.SecondaryGids ?? [] },
    }),
    rootDirectory: root?.Path ?? "/",
    ...(info && {
      creationInfo: {
        ownerUid: info.OwnerUid ?? 0,
        ownerGid: info.OwnerGid ?? 0,
        permissions: info.Permissions ?? "0755",
      },
    }),
  };
}

/** Source: EFS API reference, DescribeAccessPoints. */
export const describeAccessPoints: Operation<"DescribeAccessPoints"> = async (input, { store, caller }) => {
  const { AccessPointId, FileSystemId, NextToken: marker, MaxResults: size } = input;
  if (AccessPointId !== undefined && FileSystemId !== undefined) {
    throw new EfsError("BadRequest", "AccessPointId and FileSystemId cannot be given together.");
  }
  const snapshot = store.snapshot();
  const all = () => snapshot.list("accessPoint").map(({ value }) => value);
  const ofOne = () => accessPointsOf(snapshot, requireFileSystem(snapshot, FileSystemId).arn);
  const found =
    AccessPointId !== undefined
      ? [requireAccessPoint(snapshot, AccessPointId).value]
      : FileSystemId === undefined
        ? all()
        : ofOne();
  const { items, next } = pageOf(found, ({ accessPointId }) => accessPointId, { marker, size });
  return {
    AccessPoints: items.map((point) => describeAccessPoint(point, caller)),
    ...(next === undefined ? {} : { NextToken: next }),
  };
};

/** The directory it led to stays. Source: EFS API reference, DeleteAccessPoint. */
export const deleteAccessPoint: Operation<"DeleteAccessPoint"> = async ({ AccessPointId }, { store }) => {
  await commitPlan(store, (snapshot) => {
    const { arn, revision } = requireAccessPoint(snapshot, AccessPointId);
    return { writes: [{ kind: "accessPoint", arn, expected: revision, value: null }], result: undefined };
  });
  return {};
};
