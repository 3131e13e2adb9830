import type * as sdk from "@aws-sdk/client-iam";
import { roleUniqueId } from "../../../credentials/role-unique-id.ts";
import type { Role } from "../../../model/role.ts";
import { encodedDocument } from "../documents.ts";
import { shownTags } from "../tags.ts";
import { shownTime } from "../times.ts";

/** A role as lists show it: without tags and boundary. */
export const describeListedRole = (role: Role): sdk.Role => ({
  Path: role.path,
  RoleName: role.roleName,
  RoleId: roleUniqueId(role.arn),
  Arn: role.arn,
  CreateDate: shownTime(role.createdAt),
  AssumeRolePolicyDocument: encodedDocument(role.assumeRolePolicyDocument),
  ...(role.description === undefined ? {} : { Description: role.description }),
  MaxSessionDuration: role.maxSessionDuration,
});

/** A role as GetRole shows it. */
export const describeRole = (role: Role): sdk.Role => ({
  ...describeListedRole(role),
  ...(role.permissionsBoundaryArn === undefined
    ? {}
    : {
        PermissionsBoundary: {
          PermissionsBoundaryType: "PermissionsBoundaryPolicy" as const,
          PermissionsBoundaryArn: role.permissionsBoundaryArn,
        },
      }),
  ...shownTags(role.tags),
});
