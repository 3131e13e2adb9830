import { type EventRule, eventBusArn, eventRuleArn } from "../../model/event-rule.ts";
import { NotFoundError, type Stored } from "../../store/store.ts";
import { update } from "../../store/update.ts";
import { EventsError } from "./api-error.ts";
import type { EventsContext } from "./operation.ts";

/** There is one event bus: the default one, by name or ARN. @throws EventsError ResourceNotFoundException for any other */
export function requireDefaultBus(busName: string | undefined, { caller }: Pick<EventsContext, "caller">): void {
  if (busName === undefined || busName === "default" || busName === eventBusArn(caller)) return;
  throw new EventsError("ResourceNotFoundException", `Event bus ${busName} does not exist.`);
}

const noRule = (name: string, options?: ErrorOptions) =>
  new EventsError("ResourceNotFoundException", `Rule ${name} does not exist on EventBus default.`, options);

/** The rule of that name. @throws EventsError ResourceNotFoundException */
export function requireRule(
  { name = "", busName }: { readonly name: string | undefined; readonly busName: string | undefined },
  context: EventsContext,
): Stored<"eventRule"> {
  requireDefaultBus(busName, context);
  const rule = context.store.snapshot().get("eventRule", eventRuleArn(context.caller, name));
  if (rule === undefined) throw noRule(name);
  return rule;
}

/** Changes the rule of that name. @throws EventsError ResourceNotFoundException */
export async function changeRule(
  { name = "", busName }: { readonly name: string | undefined; readonly busName: string | undefined },
  context: EventsContext,
  change: (rule: EventRule) => EventRule,
): Promise<EventRule> {
  requireDefaultBus(busName, context);
  try {
    return await update(context.store, "eventRule", eventRuleArn(context.caller, name), change);
  } catch (error) {
    if (!(error instanceof NotFoundError)) throw error;
    throw noRule(name, { cause: error });
  }
}
