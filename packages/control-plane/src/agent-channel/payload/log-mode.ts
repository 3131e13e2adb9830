import { parseArn } from "@hatoba/contract";
import { accountSettingKey } from "../../model/account-setting.ts";
import type { TaskDefinition } from "../../model/task-definition.ts";
import type { Snapshot } from "../../store/store.ts";

/**
 * A task definition whose log configurations say whether their container waits for its log driver, where they left that to
 * the account: `non-blocking` unless it has chosen. FireLens has no such mode. Source: ECS API reference, PutAccountSetting,
 * `defaultLogDriverMode`, and LogConfiguration.
 */
export function withLogMode(definition: TaskDefinition, snapshot: Snapshot, taskArn: string): TaskDefinition {
  const { containerDefinitions = [] } = definition.registered;
  const isLeft = ({ logConfiguration: log }: (typeof containerDefinitions)[number]) =>
    log !== undefined && log.logDriver !== "awsfirelens" && log.options?.mode === undefined;
  if (!containerDefinitions.some(isLeft)) return definition;
  const root = `arn:aws:iam::${parseArn(taskArn)?.accountId}:root`;
  const chosen = snapshot.get("accountSetting", accountSettingKey("defaultLogDriverMode", root));
  const mode = chosen?.value.value ?? "non-blocking";
  const withMode = containerDefinitions.map((container) =>
    isLeft(container) && container.logConfiguration !== undefined
      ? {
          ...container,
          logConfiguration: {
            ...container.logConfiguration,
            options: { ...container.logConfiguration.options, mode },
          },
        }
      : container,
  );
  return { ...definition, registered: { ...definition.registered, containerDefinitions: withMode } };
}
