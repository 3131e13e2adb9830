import { awsJson } from "../wire/aws-json.ts";
import { awsQuery } from "../wire/aws-query.ts";
import { ec2Query } from "../wire/ec2-query.ts";
import type { Protocol, ProtocolName } from "../wire/protocol.ts";
import { restJson } from "../wire/rest-json.ts";

const makers: Readonly<Record<ProtocolName, (xmlNamespace: string) => Protocol>> = {
  awsJson1_0: () => awsJson("1.0"),
  awsJson1_1: () => awsJson("1.1"),
  awsQuery,
  ec2Query,
  restJson1: restJson,
};
const made = new Map<string, Protocol>();

/** What a service speaks; `xmlNamespace` is of the query protocols only. */
export function protocolFor(spoken: { readonly protocol: ProtocolName; readonly xmlNamespace?: string }): Protocol {
  const { protocol: name, xmlNamespace = "" } = spoken;
  const key = `${name} ${xmlNamespace}`;
  const protocol = made.get(key) ?? makers[name](xmlNamespace);
  made.set(key, protocol);
  return protocol;
}
