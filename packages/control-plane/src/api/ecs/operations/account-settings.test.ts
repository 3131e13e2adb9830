import { describe, expect, test } from "vitest";
import { exampleContext, refusal } from "../example-context.ts";
import { deleteAccountSetting } from "./delete-account-setting.ts";
import { listAccountSettings } from "./list-account-settings.ts";
import { putAccountSetting } from "./put-account-setting.ts";
import { putAccountSettingDefault } from "./put-account-setting-default.ts";

const root = "arn:aws:iam::000000000000:root";
const user = "arn:aws:iam::000000000000:user/nanako";

describe("ListAccountSettings", () => {
  test("shows what was chosen, and on request all that holds", async () => {
    const context = exampleContext();
    expect(await listAccountSettings({}, context)).toEqual({ settings: [] });
    const first = await listAccountSettings({ effectiveSettings: true }, context);
    const second = await listAccountSettings({ effectiveSettings: true, nextToken: first.nextToken }, context);
    const all = [...(first.settings ?? []), ...(second.settings ?? [])];
    expect(Object.fromEntries(all.map(({ name, value }) => [name, value]))).toEqual({
      awsvpcTrunking: "disabled",
      containerInsights: "disabled",
      containerInstanceLongArnFormat: "enabled",
      defaultLogDriverMode: "non-blocking",
      fargateEventWindows: "disabled",
      fargateFIPSMode: "disabled",
      fargateTaskRetirementWaitPeriod: "7",
      guardDutyActivate: "off",
      serviceLongArnFormat: "enabled",
      tagResourceAuthorization: "on",
      taskLongArnFormat: "enabled",
    });
  });

  test("a principal's own choice goes before the account's, and that before the default", async () => {
    const context = exampleContext();
    const effective = async () => {
      const input = { name: "containerInsights" as const, effectiveSettings: true, principalArn: user };
      return (await listAccountSettings(input, context)).settings?.[0];
    };
    await putAccountSettingDefault({ name: "containerInsights", value: "enabled" }, context);
    expect(await effective()).toEqual({
      name: "containerInsights",
      value: "enabled",
      principalArn: user,
      type: "user",
    });
    await putAccountSetting({ name: "containerInsights", value: "disabled", principalArn: user }, context);
    await putAccountSetting({ name: "containerInsights", value: "enhanced", principalArn: user }, context);
    expect((await effective())?.value).toBe("enhanced");
    await deleteAccountSetting({ name: "containerInsights", principalArn: user }, context);
    expect((await effective())?.value).toBe("enabled");
    expect((await listAccountSettings({}, context)).settings).toEqual([
      { name: "containerInsights", value: "enabled", principalArn: root, type: "user" },
    ]);
  });
});

test.each([
  [
    { name: "unknown" as never, value: "enabled" },
    /^InvalidParameterException: unknown should be one of \[awsvpcTrunking,/,
  ],
  [{ name: "containerInsights" as const, value: "maybe" }, /^InvalidParameterException: Invalid value for setting/],
  [{ name: "taskLongArnFormat" as const, value: "disabled" }, /^InvalidParameterException: Invalid value for setting/],
  [
    { name: "guardDutyActivate" as const, value: "on" },
    /^InvalidParameterException: guardDutyActivate is managed by AWS/,
  ],
])("%j is refused", async (input, message) => {
  expect(await refusal(putAccountSetting(input, exampleContext()))).toMatch(message);
});
