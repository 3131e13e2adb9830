import type { Setting, SettingName } from "@aws-sdk/client-ecs";
import { type AccountSetting, accountSettingKey } from "../../model/account-setting.ts";
import type { Snapshot, Write } from "../../store/store.ts";
import type { Caller } from "../operation-context.ts";
import { EcsError } from "./api-error.ts";

/** What each setting may be, and is in an account that has chosen nothing; the first value is the default. */
const settingValues: Readonly<Record<SettingName, readonly string[]>> = {
  serviceLongArnFormat: ["enabled"],
  taskLongArnFormat: ["enabled"],
  containerInstanceLongArnFormat: ["enabled"],
  awsvpcTrunking: ["disabled", "enabled"],
  containerInsights: ["disabled", "enabled", "enhanced"],
  fargateFIPSMode: ["disabled", "enabled"],
  fargateTaskRetirementWaitPeriod: ["7", "0", "14"],
  fargateEventWindows: ["disabled", "enabled"],
  tagResourceAuthorization: ["on", "off"],
  guardDutyActivate: ["off", "on"],
  defaultLogDriverMode: ["non-blocking", "blocking"],
};
/** Every account setting by name, in the order in which ListAccountSettings shows them. */
export const settingNames = Object.keys(settingValues).toSorted() as readonly SettingName[];

/** Settings that AWS alone may change. Source: ECS developer guide, Amazon GuardDuty protection. */
const awsManaged: ReadonlySet<string> = new Set(["guardDutyActivate"]);

const invalid = (message: string) => new EcsError("InvalidParameterException", message);

/** The account's own principal, for which the account's defaults are kept. */
export const rootArn = ({ accountId }: Pick<Caller, "accountId">): string => `arn:aws:iam::${accountId}:root`;

/** @throws EcsError InvalidParameterException for a name that no setting has. */
export function requireSettingName(name: string | undefined): SettingName {
  const known = settingNames.find((each) => each === name);
  if (known === undefined) throw invalid(`${name} should be one of [${settingNames.join(",")}]`);
  return known;
}

/** A setting that the caller may give a value that it may have. @throws EcsError InvalidParameterException. */
export function requireSettingValue(name: SettingName, value: string | undefined): string {
  if (awsManaged.has(name)) throw invalid(`${name} is managed by AWS and cannot be changed.`);
  if (value !== undefined && settingValues[name].includes(value)) return value;
  throw invalid(`Invalid value for setting ${name}. It should be one of [${settingValues[name].join(",")}]`);
}

/** What holds for a principal: its own choice, else the account's, else ECS's default. */
export function effectiveSetting(
  snapshot: Snapshot,
  name: SettingName,
  caller: Pick<Caller, "accountId" | "arn">,
): string {
  for (const principalArn of [caller.arn, rootArn(caller)]) {
    const chosen = snapshot.get("accountSetting", accountSettingKey(name, principalArn));
    if (chosen !== undefined) return chosen.value.value;
  }
  return settingValues[name][0] ?? "";
}

/** A setting as the API shows it. */
export const describeSetting = (name: SettingName, value: string, principalArn: string): Setting => ({
  name,
  value,
  principalArn,
  type: awsManaged.has(name) ? "aws_managed" : "user",
});

/** The write that stores a choice in place of the one before. */
export function putSetting(snapshot: Snapshot, setting: AccountSetting): Write {
  const arn = accountSettingKey(setting.name, setting.principalArn);
  return {
    kind: "accountSetting",
    arn,
    expected: snapshot.get("accountSetting", arn)?.revision ?? 0,
    value: setting,
  };
}
