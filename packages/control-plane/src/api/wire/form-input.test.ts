import * as ec2 from "@aws-sdk/client-ec2";
import * as sts from "@aws-sdk/client-sts";
import fc from "fast-check";
import { expect, test } from "vitest";
import { awsQuery } from "./aws-query.ts";
import { ec2Query } from "./ec2-query.ts";
import { operationSchemas } from "./operation-schema.ts";
import type { Protocol } from "./protocol.ts";

/** Keeps the body that an SDK client writes, and sends nothing. */
class Capturing {
  body = "";
  async handle(request: { readonly body?: unknown }): Promise<never> {
    this.body = String(request.body);
    throw new Error("captured");
  }
  readonly metadata = { handlerProtocol: "http/1.1" };
  updateHttpClientConfig(): void {}
  httpHandlerConfigs() {
    return {};
  }
}
const handler = new Capturing();
const options = {
  region: "us-east-1",
  endpoint: "http://127.0.0.1",
  credentials: { accessKeyId: "a", secretAccessKey: "s" },
  maxAttempts: 1,
  requestHandler: handler as never,
};

const read = (protocol: Protocol, sdk: Record<string, unknown>, operation: string) => {
  const schema = operationSchemas(sdk)(operation);
  if (schema === undefined) throw new Error(operation);
  return protocol.parseInput({ body: Buffer.alloc(0), form: [...new URLSearchParams(handler.body)] }, schema);
};

const text = fc.string({ unit: "grapheme", minLength: 1, maxLength: 10 }).filter((each) => each.isWellFormed());
const texts = fc.array(text, { minLength: 1, maxLength: 12 });

test("EC2: what the SDK writes is read back", async () => {
  const client = new ec2.EC2Client(options);
  const input = fc.record(
    {
      SubnetIds: texts,
      Filters: fc.array(fc.record({ Name: text, Values: texts }), { minLength: 1, maxLength: 11 }),
      MaxResults: fc.integer({ min: 0 }),
      DryRun: fc.boolean(),
    },
    { requiredKeys: [], noNullPrototype: true },
  );
  await fc.assert(
    fc.asyncProperty(input, async (sent) => {
      await client.send(new ec2.DescribeSubnetsCommand(sent)).catch(() => undefined);
      expect(read(ec2Query("x"), ec2, "DescribeSubnets")).toEqual(sent);
    }),
    { numRuns: 50 },
  );
});

test("AWS query: what the SDK writes is read back", async () => {
  const client = new sts.STSClient(options);
  const input = fc.record(
    {
      RoleArn: text,
      RoleSessionName: text,
      DurationSeconds: fc.integer(),
      PolicyArns: fc.array(fc.record({ arn: text }), { maxLength: 11 }),
      Tags: fc.array(fc.record({ Key: text, Value: text }), { maxLength: 3 }),
      TransitiveTagKeys: fc.array(text, { maxLength: 3 }),
    },
    { requiredKeys: ["RoleArn", "RoleSessionName"], noNullPrototype: true },
  );
  await fc.assert(
    fc.asyncProperty(input, async (sent) => {
      await client.send(new sts.AssumeRoleCommand(sent)).catch(() => undefined);
      expect(read(awsQuery("x"), sts, "AssumeRole")).toEqual(sent);
    }),
    { numRuns: 50 },
  );
});

test("any form is read or refused", () => {
  const schema = operationSchemas(ec2)("DescribeSubnets");
  if (schema === undefined) throw new Error("no schema");
  const names = fc.constantFrom(
    "Filter",
    "1",
    "2",
    "Name",
    "Value",
    "MaxResults",
    "DryRun",
    "SubnetId",
    "__proto__",
    "",
  );
  const form = fc.array(
    fc.tuple(
      fc.array(names, { maxLength: 5 }).map((parts) => parts.join(".")),
      fc.string(),
    ),
  );
  fc.assert(
    fc.property(form, (members) => {
      try {
        ec2Query("x").parseInput({ body: Buffer.alloc(0), form: members }, schema);
      } catch (error) {
        expect(error).toMatchObject({ name: "BadInput" });
      }
    }),
  );
});
