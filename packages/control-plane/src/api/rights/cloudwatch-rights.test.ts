import { expect, test, vi } from "vitest";
import { compilePolicy } from "../../authorization/compile-policy.ts";
import { ManualClock } from "../../platform/clock.ts";
import { MemoryStore } from "../../store/memory-store.ts";
import { cloudWatchService } from "../cloudwatch/service.ts";
import { exampleContext } from "../ecs/example-context.ts";
import { RoleRights } from "./role-rights.ts";

test("policies know calls as cloudwatch:…, and PutMetricData by its namespace", () => {
  const rights = new RoleRights({ store: new MemoryStore(), clock: new ManualClock() });
  const policy = {
    Statement: [
      { Effect: "Allow", Action: "cloudwatch:ListMetrics", Resource: "*" },
      {
        Effect: "Allow",
        Action: "cloudwatch:PutMetricData",
        Resource: "*",
        Condition: { StringEquals: { "cloudwatch:namespace": "shop" } },
      },
    ],
  };
  const layers = { identity: [compilePolicy(JSON.stringify(policy), "identity")] };
  vi.spyOn(rights.policies, "layersOf").mockReturnValue(layers);
  const roleSession = { roleArn: "arn:aws:iam::000000000000:role/app", sessionName: "s", expiresAt: 1e15 };
  const caller = { ...exampleContext().caller, roleSession };
  const service = cloudWatchService({} as never);
  const ask = (operation: string, input: Readonly<Record<string, unknown>> = {}) =>
    rights.requireRight({ caller, service, operation, input, details: { requestId: "r", endpoint: "http://h" } });

  ask("ListMetrics");
  ask("PutMetricData", { Namespace: "shop" });
  expect(() => ask("PutMetricData", { Namespace: "other" })).toThrow("cloudwatch:PutMetricData");
  expect(() => ask("GetMetricData")).toThrow("is not authorized to perform: cloudwatch:GetMetricData");
});
