import { type Place, parseArn } from "@hatoba/contract";
import type { Snapshot, Stored } from "../../../store/store.ts";
import { EcsError } from "../api-error.ts";

function partsOf(arn: string, kind: "service-deployment" | "service-revision", { accountId, region }: Place): string {
  const parts = parseArn(arn);
  const [type, ...segments] = parts?.resource.split("/") ?? [];
  const isHere = parts?.service === "ecs" && parts.accountId === accountId && parts.region === region;
  if (!isHere || type !== kind || segments.length !== 3) {
    throw new EcsError("InvalidParameterException", `Invalid identifier: ${arn} is not the ARN of a ${kind}.`);
  }
  return arn;
}

/** The ARN of a deployment's record. It need not exist. @throws EcsError InvalidParameterException */
export const recordFrom = (arn: string, place: Place): string => partsOf(arn, "service-deployment", place);

/** The ARN of a revision. It need not exist. @throws EcsError InvalidParameterException */
export const revisionFrom = (arn: string, place: Place): string => partsOf(arn, "service-revision", place);

/** @throws EcsError InvalidParameterException, ServiceDeploymentNotFoundException */
export function requireServiceDeployment(snapshot: Snapshot, arn: string, place: Place): Stored<"serviceDeployment"> {
  const stored = snapshot.get("serviceDeployment", recordFrom(arn, place));
  if (stored !== undefined) return stored;
  throw new EcsError("ServiceDeploymentNotFoundException", "The service deploy ARN that you specified wasn't found.");
}
