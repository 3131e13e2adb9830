import type { IAMRoleCredentials } from "@hatoba/contract";
import { ControlPlaneError } from "../channel/control-plane.ts";
import type { TaskCredentials } from "../credentials/task-credentials.ts";
import { type Answer, json, type Question } from "./answer.ts";

/** Calls an operation of the ECS API as a task's role. @throws ControlPlaneError */
export type CallAs = (
  credentials: IAMRoleCredentials,
  operation: "GetTaskProtection" | "UpdateTaskProtection",
  input: object,
  signal: AbortSignal,
) => Promise<unknown>;

export interface TaskProtectionDependencies {
  readonly credentials: Pick<TaskCredentials, "ofTask">;
  readonly cluster: string;
  readonly callAs: CallAs;
}

/** Longest for the call behind an answer, in milliseconds. Source: agent protocol §6.5. */
const callLimitMs = 4000;

/**
 * Reads or changes the protection of the task that asks, with the task's own role.
 * @param taskArn undefined if nobody is known by the id that asked. Source: agent protocol §6.5.
 */
export async function taskProtectionAnswer(
  { method, body }: Pick<Question, "method" | "body">,
  taskArn: string | undefined,
  { credentials, cluster, callAs }: TaskProtectionDependencies,
): Promise<Answer> {
  if (method !== "GET" && method !== "PUT") return { status: 405, type: "text/plain", body: "" };
  const wish = method === "PUT" ? readWish(body) : undefined;
  if (wish === "unreadable") {
    return refuse(400, "InvalidParameterException", "UpdateTaskProtection: failed to decode request");
  }
  if (taskArn === undefined) {
    return refuse(404, "ResourceNotFoundException", "Failed to find a task for the request");
  }
  if (wish !== undefined && wish.protectionEnabled === undefined) {
    const why = "Invalid request: does not contain 'ProtectionEnabled' field";
    return refuse(400, "InvalidParameterException", why, taskArn);
  }
  const held = credentials.ofTask(taskArn, "TaskApplication");
  if (held === undefined) {
    const why = "Invalid Request: no task IAM role credentials available for task";
    return refuse(403, "AccessDeniedException", why, taskArn);
  }
  const operation = wish === undefined ? "GetTaskProtection" : "UpdateTaskProtection";
  const limit = AbortSignal.timeout(callLimitMs);
  try {
    const input = { cluster, tasks: [taskArn], ...wish };
    return told(await callAs(held.credentials, operation, input, limit), taskArn);
  } catch (error) {
    if (limit.aborted) return refuse(504, "RequestCanceled", "Timed out calling ECS Task Protection API", taskArn);
    if (!(error instanceof ControlPlaneError)) throw error;
    const { name, message, statusCode, requestId } = error;
    return statusCode === 0
      ? refuse(500, "ServerException", message, taskArn)
      : refuse(statusCode, name, message, taskArn, requestId);
  }
}

interface Wish {
  readonly protectionEnabled?: boolean;
  readonly expiresInMinutes?: number;
}

/** Member names in any case, as the genuine agent takes them; one that is not known makes all of it unreadable. */
function readWish(body: string): Wish | "unreadable" {
  let given: unknown;
  try {
    given = JSON.parse(body);
  } catch {
    return "unreadable";
  }
  if (typeof given !== "object" || given === null || Array.isArray(given)) return "unreadable";
  let wish: Wish = {};
  for (const [name, value] of Object.entries(given as Readonly<Record<string, unknown>>)) {
    const member = name.toLowerCase();
    if (member !== "protectionenabled" && member !== "expiresinminutes") return "unreadable";
    if (value === null) continue;
    if (member === "protectionenabled" && typeof value === "boolean") wish = { ...wish, protectionEnabled: value };
    else if (member === "expiresinminutes" && Number.isInteger(value))
      wish = { ...wish, expiresInMinutes: Number(value) };
    else return "unreadable";
  }
  return wish;
}

interface ApiAnswer {
  readonly protectedTasks?: readonly {
    readonly taskArn?: string;
    readonly protectionEnabled?: boolean;
    /** Epoch seconds. */
    readonly expirationDate?: number;
  }[];
  readonly failures?: readonly { readonly arn?: string; readonly reason?: string; readonly detail?: string }[];
}

function told(answer: unknown, taskArn: string): Answer {
  const { protectedTasks = [], failures = [] } = answer as ApiAnswer;
  const [failure] = failures;
  const [task] = protectedTasks;
  if (failures.length > 1 || (failure === undefined && (protectedTasks.length > 1 || task === undefined))) {
    return refuse(500, "ServerException", "Unexpected error occurred", taskArn);
  }
  if (failure !== undefined) {
    const { arn = null, reason = null, detail = null } = failure;
    return json({ failure: { Arn: arn, Reason: reason, Detail: detail } });
  }
  return json({
    protection: {
      ExpirationDate: task?.expirationDate === undefined ? null : new Date(task.expirationDate * 1000).toISOString(),
      ProtectionEnabled: task?.protectionEnabled ?? false,
      TaskArn: task?.taskArn ?? taskArn,
    },
  });
}

const refuse = (status: number, code: string, message: string, arn?: string, requestId?: string): Answer =>
  json({ requestID: requestId, error: { Arn: arn, Code: code, Message: message } }, status);
