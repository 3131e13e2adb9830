import { EcsError } from "./api-error.ts";

/** Letters, digits, hyphens and underscores, 1 to 255 of them: clusters, services, families, containers, volumes. */
const namePattern = /^[a-zA-Z0-9\-_]{1,255}$/;

/** Whether a text can name a cluster, service, family, container or volume. Source: ECS API reference, CreateCluster. */
export const isName = (text: string): boolean => namePattern.test(text);

/** The name, or a refusal that says of what kind it is. @throws EcsError InvalidParameterException. */
export function requireName(text: string, what: string): string {
  if (isName(text)) return text;
  throw new EcsError("InvalidParameterException", `${what} must match ^[a-zA-Z0-9\\-_]{1,255}$, but was ${text}`);
}
