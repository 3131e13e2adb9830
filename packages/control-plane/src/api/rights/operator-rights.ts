import { everywhere, type RightsOf, textIn } from "./right.ts";
import { secretsManagerRights } from "./secrets-manager-rights.ts";

/** A new value of a secret takes the rights on the secret too, or whoever may do everything in ECS could set any. */
const rotating: RightsOf = (input, scope) => {
  const actions = ["secretsmanager:RotateSecret", ...(textIn(input, "value") ? ["secretsmanager:PutSecretValue"] : [])];
  const secret = secretsManagerRights["RotateSecret"]?.({ SecretId: textIn(input, "secretId") }, scope) ?? [];
  return [everywhere, ...actions.flatMap((action) => secret.map((right) => ({ ...right, action })))];
};

/** What the operator's calls need besides their own right, as `ecs:RotateHouseKey` on `*`. */
export const operatorRights: Readonly<Partial<Record<string, RightsOf>>> = { RotateSecret: rotating };
