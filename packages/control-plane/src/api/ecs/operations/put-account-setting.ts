import { describeSetting, putSetting, requireSettingName, requireSettingValue } from "../account-settings.ts";
import { commitPlan } from "../commit-plan.ts";
import type { Operation } from "../operation.ts";

/** Chooses an account setting for one principal, the caller unless told. Source: ECS API reference, PutAccountSetting. */
export const putAccountSetting: Operation<"PutAccountSetting"> = async (input, { store, caller }) => {
  const name = requireSettingName(input.name);
  const value = requireSettingValue(name, input.value);
  const principalArn = input.principalArn ?? caller.arn;
  return commitPlan(store, (snapshot) => ({
    writes: [putSetting(snapshot, { name, value, principalArn })],
    result: { setting: describeSetting(name, value, principalArn) },
  }));
};
