import type { Verdict } from "../../authorization/evaluate-layers.ts";
import { HttpRefusal } from "../http/refusal.ts";
import type { Caller } from "../operation-context.ts";
import type { ProtocolName } from "../wire/protocol.ts";

type Refused = Extract<Verdict, { allowed: false }>;

/**
 * The refusal of something that a caller may not do, as each protocol has it.
 * Source: IAM user guide, "Troubleshoot access denied error messages".
 */
export function denial(
  { arn }: Pick<Caller, "arn">,
  { action, resource }: { readonly action: string; readonly resource: string },
  { explicit, by }: Refused,
  protocol: ProtocolName,
): HttpRefusal {
  const article = by.startsWith("i") ? "an" : "a";
  const reason = explicit
    ? `with an explicit deny in ${article} ${by}`
    : `because no ${by} allows the ${action} action`;
  const where = protocol === "ec2Query" && resource === "*" ? "" : ` on resource: ${resource}`;
  return accessDenied(`User: ${arn} is not authorized to perform: ${action}${where} ${reason}`, protocol);
}

/** AccessDenied as each protocol has it. */
export function accessDenied(message: string, protocol: ProtocolName): HttpRefusal {
  switch (protocol) {
    case "awsJson1_0":
    case "awsJson1_1":
      return new HttpRefusal({ name: "AccessDeniedException", message, status: 400 });
    case "restJson1":
      return new HttpRefusal({ name: "AccessDeniedException", message, status: 403 });
    case "awsQuery":
      return new HttpRefusal({ name: "AccessDenied", message, status: 403 });
    case "ec2Query": {
      const opening = "You are not authorized to perform this operation.";
      return new HttpRefusal({ name: "UnauthorizedOperation", message: `${opening} ${message}`, status: 403 });
    }
  }
}
