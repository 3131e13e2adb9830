import { createSecret } from "./operations/create-secret.ts";
import { cancelRotateSecret, deleteSecret, restoreSecret } from "./operations/delete-secret.ts";
import { getRandomPassword } from "./operations/get-random-password.ts";
import { batchGetSecretValue, getSecretValue } from "./operations/get-secret-value.ts";
import { describeSecret, listSecrets, listSecretVersionIds } from "./operations/list-secrets.ts";
import { putSecretValue, updateSecret } from "./operations/put-secret-value.ts";
import {
  deleteResourcePolicy,
  getResourcePolicy,
  putResourcePolicy,
  validateResourcePolicy,
} from "./operations/resource-policies.ts";
import { rotateSecret } from "./operations/rotate-secret.ts";
import { tagResource, untagResource } from "./operations/secret-tags.ts";
import { updateSecretVersionStage } from "./operations/update-secret-version-stage.ts";

/** The operations of Secrets Manager that there are; the others are answered as not built. */
export const operations = {
  BatchGetSecretValue: batchGetSecretValue,
  CancelRotateSecret: cancelRotateSecret,
  CreateSecret: createSecret,
  DeleteResourcePolicy: deleteResourcePolicy,
  DeleteSecret: deleteSecret,
  DescribeSecret: describeSecret,
  GetRandomPassword: getRandomPassword,
  GetResourcePolicy: getResourcePolicy,
  GetSecretValue: getSecretValue,
  ListSecrets: listSecrets,
  ListSecretVersionIds: listSecretVersionIds,
  PutResourcePolicy: putResourcePolicy,
  PutSecretValue: putSecretValue,
  RestoreSecret: restoreSecret,
  RotateSecret: rotateSecret,
  TagResource: tagResource,
  UntagResource: untagResource,
  UpdateSecret: updateSecret,
  UpdateSecretVersionStage: updateSecretVersionStage,
  ValidateResourcePolicy: validateResourcePolicy,
} satisfies Readonly<Record<string, (input: never, context: never) => Promise<object>>>;
