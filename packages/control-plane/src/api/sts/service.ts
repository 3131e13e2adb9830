import type { TemporaryCredentials } from "../../credentials/temporary-credentials.ts";
import type { ServiceDefinition } from "../http/service-definition.ts";
import { validationWording } from "../http/validation-wording.ts";
import { limitsOf } from "../limits/read-limits.ts";
import type { RoleRights } from "../rights/role-rights.ts";

/** AWS STS, as the front door serves it. @param extras what its operations need: to issue credentials, and to judge */
export const stsService = (extras: {
  readonly credentials: TemporaryCredentials;
  readonly rights: RoleRights;
}): ServiceDefinition => ({
  extras,
  sdkId: "STS",
  signingName: "sts",
  protocol: "awsQuery",
  version: "2011-06-15",
  xmlNamespace: "https://sts.amazonaws.com/doc/2011-06-15/",
  wording: validationWording({
    validation: "ValidationError",
    unreadable: "ValidationError",
    notBuilt: "UnsupportedOperation",
    internal: "InternalFailure",
  }),
  async load() {
    const [sdk, { operations }, limits] = await Promise.all([
      import("@aws-sdk/client-sts"),
      import("./operations.ts"),
      limitsOf("sts"),
    ]);
    return { sdk, operations, limits };
  },
});
