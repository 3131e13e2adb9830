import type { TaskCredentials } from "../credentials/task-credentials.ts";
import type { KnownTask } from "../engine/known-task.ts";
import { type Answer, json, type Question } from "./answer.ts";
import type { AuditEntry } from "./audit-log.ts";

/** The id that credentials are asked by, or undefined for any other question. Empty for one that names none. */
export function credentialsIdIn({ path, query }: Pick<Question, "path" | "query">): string | undefined {
  if (path === "/v1/credentials") return query.get("id") ?? "";
  if (path === "/v2/credentials") return "";
  return path.startsWith("/v2/credentials/") ? path.slice("/v2/credentials/".length) : undefined;
}

/** Whether the id is one of a task of ours whose credentials have not come yet, as after a restart of the agent. */
export function isPending(tasks: readonly KnownTask[], id: string): boolean {
  return tasks.some(
    ({ payload: { roleCredentials, executionRoleCredentials } }) =>
      roleCredentials?.credentialsId === id || executionRoleCredentials?.credentialsId === id,
  );
}

/** The credentials of that id, and what is written down of it. Source: agent protocol §6.4. */
export function credentialsAnswer(
  id: string,
  question: Question,
  credentials: Pick<TaskCredentials, "find">,
  tasks: readonly KnownTask[],
): { readonly answer: Answer; readonly entry: AuditEntry } {
  const version = question.path.startsWith("/v1/") ? 1 : 2;
  const { client, userAgent } = question;
  const told = { client, path: `/v${version}/credentials`, userAgent, taskArn: "", event: "GetCredentials" } as const;
  const refuse = (code: string, why: string, status: number) => ({
    answer: json({ code, message: `CredentialsV${version}Request: ${why}`, HTTPErrorCode: status }, status),
    entry: { ...told, status },
  });
  if (id === "") return refuse("NoIdInRequest", "No Credential ID in the request", 400);
  const held = credentials.find(id);
  if (held === undefined) {
    return isPending(tasks, id)
      ? refuse("CredentialsUninitialized", "Credentials uninitialized for ID", 503)
      : refuse("InvalidIdInRequest", "Credentials not found", 400);
  }
  const { roleArn, accessKeyId, secretAccessKey, sessionToken, expiration } = held.credentials;
  return {
    answer: json({
      RoleArn: roleArn,
      AccessKeyId: accessKeyId,
      SecretAccessKey: secretAccessKey,
      Token: sessionToken,
      Expiration: expiration,
    }),
    entry: {
      ...told,
      status: 200,
      taskArn: held.taskArn,
      event: held.roleType === "TaskExecution" ? "GetCredentialsExecutionRole" : "GetCredentials",
    },
  };
}
