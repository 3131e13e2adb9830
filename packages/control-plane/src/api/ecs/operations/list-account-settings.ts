import type { Setting } from "@aws-sdk/client-ecs";
import { describeSetting, effectiveSetting, requireSettingName, settingNames } from "../account-settings.ts";
import type { Operation } from "../operation.ts";
import { paginate } from "../pagination.ts";

/**
 * The account settings that a principal has chosen, or with effectiveSettings all that hold for it. Those of root are
 * the account's defaults. Source: ECS API reference, ListAccountSettings.
 */
export const listAccountSettings: Operation<"ListAccountSettings"> = async (input, { store, caller }) => {
  const name = input.name === undefined ? undefined : requireSettingName(input.name);
  const principalArn = input.principalArn ?? caller.arn;
  const snapshot = store.snapshot();
  const settings: readonly Setting[] = input.effectiveSettings
    ? settingNames.map((each) => {
        const value = effectiveSetting(snapshot, each, { accountId: caller.accountId, arn: principalArn });
        return describeSetting(each, value, principalArn);
      })
    : snapshot
        .list("accountSetting", { principalArn })
        .map(({ value }) => describeSetting(value.name, value.value, value.principalArn));
  const wanted = settings.filter(
    (setting) => (name ?? setting.name) === setting.name && (input.value ?? setting.value) === setting.value,
  );
  const { maxResults, nextToken } = input;
  const listing = `ListAccountSettings ${principalArn}`;
  const page = paginate(wanted, { maxResults, nextToken, limit: 10, listing, keyOf: (setting) => setting.name ?? "" });
  return { settings: [...page.items], ...(page.nextToken === undefined ? {} : { nextToken: page.nextToken }) };
};
