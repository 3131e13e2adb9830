import { describeSetting, putSetting, requireSettingName, requireSettingValue, rootArn } from "../account-settings.ts";
import { commitPlan } from "../commit-plan.ts";
import type { Operation } from "../operation.ts";

/** Chooses an account setting for everybody who has not chosen it. Source: ECS API reference, PutAccountSettingDefault. */
export const putAccountSettingDefault: Operation<"PutAccountSettingDefault"> = async (input, { store, caller }) => {
  const name = requireSettingName(input.name);
  const value = requireSettingValue(name, input.value);
  const principalArn = rootArn(caller);
  return commitPlan(store, (snapshot) => ({
    writes: [putSetting(snapshot, { name, value, principalArn })],
    result: { setting: describeSetting(name, value, principalArn) },
  }));
};
