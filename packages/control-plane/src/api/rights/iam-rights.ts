import { instanceProfileArn, instanceProfileKey, managedPolicyArn, roleArn, roleKey } from "../../model/role.ts";
import { passRoles } from "./pass-role.ts";
import { type Input, type Right, type RightsOf, type Scope, textIn } from "./right.ts";

function roleOf(input: Input, { place, snapshot }: Scope): string {
  const name = textIn(input, "RoleName") ?? "";
  return snapshot.get("role", roleKey(name))?.value.arn ?? roleArn(place, "/", name);
}
function profileOf(input: Input, { place, snapshot }: Scope): string {
  const name = textIn(input, "InstanceProfileName") ?? "";
  return snapshot.get("instanceProfile", instanceProfileKey(name))?.value.arn ?? instanceProfileArn(place, "/", name);
}

const aRole: RightsOf = (input, scope) => [{ resource: roleOf(input, scope) }];
/** What changes the policies of a role: conditions may ask how the role is limited, and which managed policy it is about. */
const policiesOfRole: RightsOf = (input, scope) => {
  const role = scope.snapshot.get("role", roleKey(textIn(input, "RoleName") ?? ""))?.value;
  const keys = { "iam:PermissionsBoundary": role?.permissionsBoundaryArn, "iam:PolicyARN": textIn(input, "PolicyArn") };
  return [{ resource: roleOf(input, scope), keys }];
};
const newBoundary: RightsOf = (input, scope) => [{ resource: roleOf(input, scope), keys: boundary(input) }];
const aPolicy: RightsOf = (input) => [{ resource: textIn(input, "PolicyArn") ?? "*" }];
const aProfile: RightsOf = (input, scope) => [{ resource: profileOf(input, scope) }];
const below =
  (type: string): RightsOf =>
  (input, { place }) => [{ resource: `arn:aws:iam::${place.accountId}:${type}${textIn(input, "PathPrefix") ?? "/"}` }];

/** What a new thing is called: its path is in the call. */
const made =
  (name: string, arnOf: typeof roleArn, keys: (input: Input) => Right["keys"] = () => ({})): RightsOf =>
  (input, { place }) => {
    const resource = arnOf(place, textIn(input, "Path") ?? "/", textIn(input, name) ?? "");
    return [{ resource, keys: keys(input) ?? {} }];
  };
const boundary = (input: Input) => ({ "iam:PermissionsBoundary": textIn(input, "PermissionsBoundary") });

/**
 * What calls of IAM need; what is not in here needs its action on `*`.
 * Source: Service Authorization Reference, "AWS Identity and Access Management (IAM)".
 */
export const iamRights: Readonly<Partial<Record<string, RightsOf>>> = {
  AddRoleToInstanceProfile: (input, scope) => [
    ...aProfile(input, scope),
    ...passRoles({ taskRoleArn: roleOf(input, scope) }, scope).map((right) => ({
      ...right,
      keys: { "iam:PassedToService": "ec2.amazonaws.com" },
    })),
  ],
  AttachRolePolicy: policiesOfRole,
  CreateInstanceProfile: made("InstanceProfileName", instanceProfileArn),
  CreatePolicy: made("PolicyName", managedPolicyArn),
  CreatePolicyVersion: aPolicy,
  CreateRole: made("RoleName", roleArn, boundary),
  CreateServiceLinkedRole: (input, { place }) => {
    const service = textIn(input, "AWSServiceName") ?? "";
    const resource = `arn:aws:iam::${place.accountId}:role/aws-service-role/${service}/*`;
    return [{ resource, keys: { "iam:AWSServiceName": service } }];
  },
  DeleteInstanceProfile: aProfile,
  DeletePolicy: aPolicy,
  DeletePolicyVersion: aPolicy,
  DeleteRole: aRole,
  DeleteRolePermissionsBoundary: policiesOfRole,
  DeleteRolePolicy: policiesOfRole,
  DeleteServiceLinkedRole: aRole,
  DetachRolePolicy: policiesOfRole,
  GetInstanceProfile: aProfile,
  GetPolicy: aPolicy,
  GetPolicyVersion: aPolicy,
  GetRole: aRole,
  GetRolePolicy: aRole,
  ListAttachedRolePolicies: aRole,
  ListEntitiesForPolicy: aPolicy,
  ListInstanceProfiles: below("instance-profile"),
  ListInstanceProfilesForRole: aRole,
  ListInstanceProfileTags: aProfile,
  ListPolicies: below("policy"),
  ListPolicyTags: aPolicy,
  ListPolicyVersions: aPolicy,
  ListRolePolicies: aRole,
  ListRoles: below("role"),
  ListRoleTags: aRole,
  PutRolePermissionsBoundary: newBoundary,
  PutRolePolicy: policiesOfRole,
  RemoveRoleFromInstanceProfile: aProfile,
  SetDefaultPolicyVersion: aPolicy,
  TagInstanceProfile: aProfile,
  TagPolicy: aPolicy,
  TagRole: aRole,
  UntagInstanceProfile: aProfile,
  UntagPolicy: aPolicy,
  UntagRole: aRole,
  UpdateAssumeRolePolicy: aRole,
  UpdateRole: aRole,
  UpdateRoleDescription: aRole,
};
