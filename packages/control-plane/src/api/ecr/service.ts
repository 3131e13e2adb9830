import type { ServiceDefinition, Wording } from "../http/service-definition.ts";
import { validationWording } from "../http/validation-wording.ts";
import { limitsOf } from "../limits/read-limits.ts";
import type { EcrContext } from "./operation.ts";

const common = validationWording({
  validation: "InvalidParameterException",
  unreadable: "SerializationException",
  notBuilt: "UnsupportedOperationException",
  internal: "ServerException",
});

/** `Invalid parameter at 'repositoryName' failed to satisfy constraint: '…'`. Source: messages of ECR, as users report them. */
const wording: Wording = {
  ...common,
  badInput(problems, operation) {
    const [{ kind, path, demand }] = problems;
    if (kind === "unreadable" || kind === "type") return common.badInput(problems, operation);
    const message = `Invalid parameter at '${path.join(".")}' failed to satisfy constraint: '${demand}'`;
    return { name: "InvalidParameterException", message };
  },
};

/** Amazon ECR, as the front door serves it: repositories of the house's own registry. */
export const ecrService = (extras: Pick<EcrContext, "registry" | "tokens">): ServiceDefinition => ({
  extras,
  sdkId: "ECR",
  signingName: "ecr",
  protocol: "awsJson1_1",
  target: "AmazonEC2ContainerRegistry_V20150921",
  // A part of a layer has at most 20 MiB, and comes in base64.
  maxBodyBytes: 28 * 1024 * 1024,
  wording,
  async load() {
    const [sdk, { operations }, limits] = await Promise.all([
      import("@aws-sdk/client-ecr"),
      import("./operations.ts"),
      limitsOf("ecr"),
    ]);
    return { sdk, operations, limits };
  },
});
