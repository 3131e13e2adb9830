import type { SettingName } from "@aws-sdk/client-ecs";

/** An account setting that somebody chose; keyed `account-setting/NAME/PRINCIPAL-ARN`. */
export interface AccountSetting {
  readonly name: SettingName;
  readonly value: string;
  /** The user, role, or for the whole account its root, as `arn:aws:iam::000000000000:root`. */
  readonly principalArn: string;
}

/** The key of an account setting. */
export const accountSettingKey = (name: string, principalArn: string): string =>
  `account-setting/${name}/${principalArn}`;
