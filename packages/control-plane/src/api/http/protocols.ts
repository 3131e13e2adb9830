import { awsJson } from "../wire/aws-json.ts";
import type { Protocol, ProtocolName } from "../wire/protocol.ts";
import type { ServiceDefinition } from "./service-definition.ts";

const json10 = awsJson("1.0");
const json11 = awsJson("1.1");

/** The protocol of a service, or the one of that name for what belongs to no service. */
export function protocolFor(of: ServiceDefinition | ProtocolName): Protocol {
  return (typeof of === "string" ? of : of.protocol) === "awsJson1_0" ? json10 : json11;
}
