import { XmlShapeDeserializer, XmlShapeSerializer } from "@aws-sdk/core/protocols";
import type { NormalizedSchema } from "@smithy/core/schema";
import type { OperationSchema } from "../wire/operation-schema.ts";
import { escapeXml } from "../wire/xml-output.ts";
import { malformedXml, type S3Error } from "./s3-error.ts";

const namespace = "http://s3.amazonaws.com/doc/2006-03-01/";
const settings = {
  timestampFormat: { useTrait: true, default: 5 as const },
  httpBindings: true,
  xmlNamespace: namespace,
  serviceNamespace: "com.amazonaws.s3",
};
const declaration = '<?xml version="1.0" encoding="UTF-8"?>\n';
const serializer = new XmlShapeSerializer(settings);
const deserializer = new XmlShapeDeserializer(settings);

/** The member that stands for the whole body, if there is one. */
function payloadOf(schema: NormalizedSchema): readonly [string, NormalizedSchema] | undefined {
  for (const [name, member] of schema.structIterator()) {
    if (member.getMergedTraits().httpPayload !== undefined) return [name, member];
  }
  return undefined;
}

/** An operation's answer. @param output what is in its body, in the SDK's shape */
export function writeXml(output: Readonly<Record<string, unknown>>, schema: OperationSchema): string {
  const [name, member] = payloadOf(schema.output) ?? [];
  serializer.write(member ?? schema.output, name === undefined ? output : output[name]);
  // Keys may have signs that XML 1.0 has no way to write; S3 writes them as references all the same.
  return (
    declaration + (serializer.flush() as string).replace(controls, (sign) => `&#x${sign.charCodeAt(0).toString(16)};`)
  );
}
// oxlint-disable-next-line no-control-regex
const controls = /[\u0000-\u0008\u000b-\u001f]/g;

/** The body of a request, in the shape of the operation's payload member. @throws S3Error MalformedXML */
export function readPayload<T>(body: Uint8Array, schema: OperationSchema): T {
  const [, member] = payloadOf(schema.input) ?? [];
  if (member === undefined) throw new Error(`${schema.name} has no payload`);
  try {
    const value: unknown = deserializer.read(member, body);
    if (typeof value === "object" && value !== null) return value as T;
  } catch {
    // What was wrong with it is the caller's, and told below.
  }
  throw malformedXml();
}

export function writeError({ code, message, members }: S3Error, resource: string, requestId: string): string {
  const elements = Object.entries({
    Code: code,
    Message: message,
    ...members,
    Resource: resource,
    RequestId: requestId,
  });
  const inner = elements.map(([name, value]) => `<${name}>${escapeXml(value)}</${name}>`).join("");
  return `${declaration}<Error>${inner}<HostId>${requestId}</HostId></Error>`;
}

/** The region of a bucket; that of us-east-1 is empty. Source: S3 API reference, GetBucketLocation. */
export const writeLocation = (region: string): string =>
  `${declaration}<LocationConstraint xmlns="${namespace}">${region === "us-east-1" ? "" : region}</LocationConstraint>`;
