import type { RunTaskRequest } from "@aws-sdk/client-ecs";
import { roleUniqueId } from "../../credentials/role-unique-id.ts";
import { DeliveryFailure } from "../../events/delivery.ts";
import type { RunTask } from "../../events/targets/ecs-task.ts";
import type { Snapshot } from "../../store/store.ts";
import { ApiError } from "../api-error.ts";
import { runTask } from "../ecs/operations/run-task.ts";
import { ecsService } from "../ecs/service.ts";
import { callToken } from "../ecs/tasks/client-token.ts";
import type { Call } from "../http/dispatch.ts";
import { HttpRefusal } from "../http/refusal.ts";
import type { Caller, OperationContext } from "../operation-context.ts";
import { requireFit } from "../wire/check-input.ts";
import { type OperationSchema, operationSchemas } from "../wire/operation-schema.ts";
import { BadInput } from "../wire/problem.ts";

/** What EventBridge's sessions of roles are called. */
const sessionName = "eventbridge";

/**
 * RunTask as a rule's target calls it: checked like any call, by a session of the target's role.
 * @param requireRight asks what the role may do; without it, everything
 */
export function runTaskForRules({
  context,
  requireRight,
}: {
  readonly context: Omit<OperationContext, "caller">;
  readonly requireRight?: (call: Call) => void;
}): RunTask {
  let loading: Promise<OperationSchema | undefined> | undefined;
  const schemaOfRunTask = () => {
    loading ??= ecsService.load().then(({ sdk, limits }) => operationSchemas(sdk, limits)("RunTask"));
    return loading;
  };
  return async (request, roleArn) => {
    const schema = await schemaOfRunTask();
    const caller = sessionOf(roleArn, context);
    const { requestId, endpoint } = context;
    try {
      const input = request as unknown as Readonly<Record<string, unknown>>;
      if (schema) requireFit(schema.check(input));
      requireRight?.({ caller, service: ecsService, operation: "RunTask", input, details: { requestId, endpoint } });
      const { failures = [] } = await runTask(request, { ...context, caller });
      return {
        started: startedCount(request, context.store.snapshot()),
        failures: failures.map(({ arn = "", reason = "" }) => `${reason} ${arn}`.trim()),
      };
    } catch (error) {
      if (!(error instanceof ApiError || error instanceof HttpRefusal || error instanceof BadInput)) throw error;
      throw new DeliveryFailure(`RunTask was refused: ${error.message}`, { retriable: false, cause: error });
    }
  };
}

/** How many tasks a call has started, also if they are gone by now: its token knows, and lasts as long as an event. */
const startedCount = (request: RunTaskRequest, snapshot: Snapshot): number => {
  const token = callToken(request, request.cluster ?? "");
  return (token && snapshot.get("clientToken", token.key)?.value.arns.length) ?? 0;
};

/** A session of a role that EventBridge acts as. */
export function sessionOf(roleArn: string, { settings, clock }: Omit<OperationContext, "caller">): Caller {
  const { accountId, region } = settings;
  const hour = 3_600_000;
  return {
    accountId,
    region,
    arn: `arn:aws:sts::${accountId}:assumed-role/${roleArn.split("/").at(-1) ?? ""}/${sessionName}`,
    userId: `${roleUniqueId(roleArn)}:${sessionName}`,
    accessKeyId: "EVENTBRIDGE",
    roleSession: { roleArn, sessionName, expiresAt: clock.now() + hour },
  };
}
