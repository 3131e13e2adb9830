import { lastSegment } from "@hatoba/contract";
import type { AccessPoint, MountTarget } from "../../model/file-system.ts";
import type { Snapshot, Stored } from "../../store/store.ts";
import { EfsError } from "./api-error.ts";

/** Callers name file systems and access points by id or ARN. @throws EfsError FileSystemNotFound */
export function requireFileSystem(snapshot: Snapshot, idOrArn: string | undefined): Stored<"fileSystem"> {
  const id = lastSegment(idOrArn ?? "");
  const found = snapshot.get("fileSystem", id);
  if (found === undefined) throw new EfsError("FileSystemNotFound", `File system '${id}' does not exist.`);
  return found;
}

/** @throws EfsError AccessPointNotFound */
export function requireAccessPoint(snapshot: Snapshot, idOrArn: string | undefined): Stored<"accessPoint"> {
  const id = lastSegment(idOrArn ?? "");
  const found = snapshot.get("accessPoint", id);
  if (found === undefined) throw new EfsError("AccessPointNotFound", `Access Point ${id} does not exist.`);
  return found;
}

/** @throws EfsError MountTargetNotFound */
export function requireMountTarget(snapshot: Snapshot, id = ""): Stored<"mountTarget"> {
  const found = snapshot.get("mountTarget", id);
  if (found === undefined) throw new EfsError("MountTargetNotFound", `Mount target '${id}' does not exist.`);
  return found;
}

/** By id. */
export const mountTargetsOf = (snapshot: Snapshot, fileSystemId: string): readonly MountTarget[] =>
  snapshot.list("mountTarget", { fileSystemId }).map(({ value }) => value);
export const accessPointsOf = (snapshot: Snapshot, fileSystemId: string): readonly AccessPoint[] =>
  snapshot.list("accessPoint", { fileSystemId }).map(({ value }) => value);
