import { findSecret } from "../secrets-manager/secret-identifiers.ts";
import { everywhere, type Right, type RightsOf, type Scope, structuresIn, textIn, textsIn } from "./right.ts";

type Tag = { readonly Key: string; readonly Value: string };
const tagsOf = (tags: readonly unknown[]): readonly Tag[] => tags as readonly Tag[];

/** A secret by its whole ARN, with its tags; one that is not there in any spelling of its random end. */
function secretRight(secretId: string, { place, snapshot }: Scope): Right {
  const found = findSecret(snapshot, secretId, place);
  if (found !== undefined) {
    const tags = tagsOf(found.value.tags).flatMap(({ Key, Value }) => [
      [`aws:ResourceTag/${Key}`, Value] as const,
      [`secretsmanager:ResourceTag/${Key}`, Value] as const,
    ]);
    return {
      resource: found.arn,
      keys: {
        "secretsmanager:Name": found.value.name,
        "secretsmanager:SecretId": found.arn,
        ...Object.fromEntries(tags),
      },
    };
  }
  const { region, accountId } = place;
  return {
    resource: secretId.startsWith("arn:")
      ? secretId
      : `arn:aws:secretsmanager:${region}:${accountId}:secret:${secretId}-??????`,
  };
}

const secret: RightsOf = (input, scope) => [secretRight(textIn(input, "SecretId") ?? "", scope)];

/** Which version is read may be a condition. */
const reading: RightsOf = (input, scope) =>
  secret(input, scope).map((right) => ({
    ...right,
    keys: {
      ...right.keys,
      "secretsmanager:VersionId": textIn(input, "VersionId"),
      "secretsmanager:VersionStage": textIn(input, "VersionStage") ?? "AWSCURRENT",
    },
  }));

/** Each secret by the action that reads one. By filters, any may be found. */
const readingMany: RightsOf = (input, scope) => {
  const ids = textsIn(input, "SecretIdList");
  const action = "secretsmanager:GetSecretValue";
  const rights = ids.length === 0 ? [everywhere] : ids.map((id) => secretRight(id, scope));
  return [everywhere, ...rights.map((right) => ({ ...right, action }))];
};

const creating: RightsOf = (input, scope) => {
  const name = textIn(input, "Name") ?? "";
  const tags = tagsOf(structuresIn(input, "Tags"));
  const keys = {
    "secretsmanager:Name": name,
    "aws:TagKeys": tags.map(({ Key }) => Key),
    ...Object.fromEntries(tags.map(({ Key, Value }) => [`aws:RequestTag/${Key}`, Value])),
  };
  const right = { ...secretRight(name, scope), keys };
  return tags.length === 0 ? [right] : [right, { ...right, action: "secretsmanager:TagResource" }];
};

/**
 * What calls of Secrets Manager need; what is not in here needs its action on `*`.
 * Source: Service Authorization Reference, "AWS Secrets Manager".
 */
export const secretsManagerRights: Readonly<Partial<Record<string, RightsOf>>> = {
  BatchGetSecretValue: readingMany,
  CancelRotateSecret: secret,
  CreateSecret: creating,
  DeleteResourcePolicy: secret,
  DeleteSecret: secret,
  DescribeSecret: secret,
  GetResourcePolicy: secret,
  GetSecretValue: reading,
  ListSecretVersionIds: secret,
  PutResourcePolicy: secret,
  PutSecretValue: secret,
  RestoreSecret: secret,
  RotateSecret: secret,
  TagResource: secret,
  UntagResource: secret,
  UpdateSecret: secret,
  UpdateSecretVersionStage: secret,
  ValidateResourcePolicy: (input, scope) =>
    textIn(input, "SecretId") === undefined ? [everywhere] : secret(input, scope),
};
