import { QueryRunner } from "../../log-queries/query-runner.ts";
import type { LogStore } from "../../log-store/log-store.ts";
import type { ServiceDefinition } from "../http/service-definition.ts";
import { validationWording } from "../http/validation-wording.ts";
import { limitsOf } from "../limits/read-limits.ts";
import { AppendedFeed } from "./appended-feed.ts";
import { FollowPolls } from "./follow-polls.ts";
import { TailPasses } from "./tail-passes.ts";

/** Amazon CloudWatch Logs, as the front door serves it. */
export const logsService = (logStore: LogStore): ServiceDefinition => ({
  sdkId: "CloudWatch Logs",
  signingName: "logs",
  protocol: "awsJson1_1",
  target: "Logs_20140328",
  // A batch of PutLogEvents is 1 MiB of messages; as JSON it is longer.
  maxBodyBytes: 8 * 1024 * 1024,
  extras: {
    logStore,
    queries: new QueryRunner({ logStore }),
    feed: new AppendedFeed({ logStore }),
    polls: new FollowPolls(),
    tailPasses: new TailPasses(),
  },
  wording: validationWording({
    validation: "InvalidParameterException",
    unreadable: "SerializationException",
    notBuilt: "UnsupportedOperationException",
    internal: "InternalFailure",
  }),
  async load() {
    const [sdk, { operations }, limits] = await Promise.all([
      import("@aws-sdk/client-cloudwatch-logs"),
      import("./operations.ts"),
      limitsOf("logs"),
    ]);
    return { sdk, operations, limits };
  },
});
