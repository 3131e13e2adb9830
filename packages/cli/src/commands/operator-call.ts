import { ECSClient, ECSServiceException, StopTaskCommand } from "@aws-sdk/client-ecs";
import { endpointOf, readAccessKey, readChoices } from "../house/house.ts";
import { layoutOf } from "../house/layout.ts";
import { UserError } from "../terminal/user-error.ts";

/**
 * Calls an operation of the house's own that has shapes of its own: the SDK signs and sends it as it would StopTask.
 * @returns the answer's JSON @throws UserError with what the house says
 */
export async function operatorCall(
  dataDir: string | undefined,
  operation: string,
  input: Readonly<Record<string, unknown>>,
): Promise<Readonly<Record<string, unknown>>> {
  const layout = layoutOf(dataDir);
  const [choices, credentials] = [readChoices(layout), readAccessKey(layout)];
  if (choices === undefined || credentials === undefined) {
    throw new UserError("No house here yet. Start one with ./hatoba up");
  }
  const client = new ECSClient({ endpoint: endpointOf(choices), region: choices.region, credentials, maxAttempts: 1 });
  let answer = "{}";
  client.middlewareStack.add(
    (next) => (args) => {
      const request = args.request as { body: string; readonly headers: Record<string, string> };
      request.headers["x-amz-target"] = `Hatoba.${operation}`;
      request.body = JSON.stringify(input);
      request.headers["content-length"] = String(Buffer.byteLength(request.body));
      return next(args);
    },
    { step: "build", priority: "high", name: "operatorInput" }, // before the signature
  );
  client.middlewareStack.add(
    (next) => async (args) => {
      const result = await next(args);
      const response = result.response as { readonly statusCode: number; body: AsyncIterable<Uint8Array> };
      if (response.statusCode === 200) {
        const parts: Uint8Array[] = [];
        for await (const part of response.body) parts.push(part);
        answer = Buffer.concat(parts).toString();
        return { ...result, response: { ...response, body: new Uint8Array(Buffer.from("{}")) } as never };
      }
      return result;
    },
    { step: "deserialize", priority: "low", name: "operatorAnswer" }, // before the SDK reads it
  );
  try {
    await client.send(new StopTaskCommand({ task: "none" }));
  } catch (cause) {
    const isRefusal = cause instanceof ECSServiceException;
    throw new UserError(isRefusal || cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause), {
      cause,
    });
  } finally {
    client.destroy();
  }
  return JSON.parse(answer) as Readonly<Record<string, unknown>>;
}
