import { accountSettingKey } from "../../../model/account-setting.ts";
import { describeSetting, effectiveSetting, requireSettingName } from "../account-settings.ts";
import { commitPlan } from "../commit-plan.ts";
import type { Operation } from "../operation.ts";

/** Takes a principal's choice back; one that was never made is no error. Source: ECS API reference, DeleteAccountSetting. */
export const deleteAccountSetting: Operation<"DeleteAccountSetting"> = async (input, { store, caller }) => {
  const name = requireSettingName(input.name);
  const principalArn = input.principalArn ?? caller.arn;
  return commitPlan(store, (snapshot) => {
    const arn = accountSettingKey(name, principalArn);
    const stored = snapshot.get("accountSetting", arn);
    const value = stored?.value.value ?? effectiveSetting(snapshot, name, { ...caller, arn: principalArn });
    return {
      writes: stored === undefined ? [] : [{ kind: "accountSetting", arn, expected: stored.revision, value: null }],
      result: { setting: describeSetting(name, value, principalArn) },
    };
  });
};
