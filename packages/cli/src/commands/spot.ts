import { ECSClient, StopTaskCommand } from "@aws-sdk/client-ecs";
import { clusterOf } from "../exec/open-session.ts";
import { endpointOf, readAccessKey, readChoices } from "../house/house.ts";
import { layoutOf } from "../house/layout.ts";
import { UserError } from "../terminal/user-error.ts";

export interface InterruptOptions {
  readonly dataDir?: string;
  readonly cluster?: string;
}

/** `hatoba spot interrupt`: takes a FARGATE_SPOT task's capacity away, as AWS now and then does. */
export async function interruptSpotTask(task: string, { dataDir, cluster }: InterruptOptions): Promise<void> {
  const client = operatorClient(dataDir, "InterruptSpotTask");
  const named = clusterOf({ task, ...(cluster === undefined ? {} : { cluster }) });
  try {
    const { task: interrupted } = await client.send(new StopTaskCommand({ task, cluster: named }));
    const isNew = interrupted?.stopCode === "SpotInterruption";
    console.log(
      isNew
        ? `Interrupted. Its containers have got SIGTERM, and up to two minutes as their stopTimeout says.`
        : `It is ending already: ${interrupted?.stoppedReason ?? "nobody said why"}`,
    );
  } catch (cause) {
    throw new UserError(cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause), { cause });
  }
}

/** A client of ECS whose every call goes to an operation of the house's own. */
function operatorClient(dataDir: string | undefined, operation: string): ECSClient {
  const layout = layoutOf(dataDir);
  const [choices, credentials] = [readChoices(layout), readAccessKey(layout)];
  if (choices === undefined || credentials === undefined) {
    throw new UserError("No house here yet. Start one with ./hatoba up");
  }
  const client = new ECSClient({ endpoint: endpointOf(choices), region: choices.region, credentials });
  client.middlewareStack.add(
    (next) => (args) => {
      const { headers } = args.request as { readonly headers: Record<string, string> };
      headers["x-amz-target"] = `Hatoba.${operation}`;
      return next(args);
    },
    { step: "build", name: "operatorTarget" }, // before the signature
  );
  return client;
}
