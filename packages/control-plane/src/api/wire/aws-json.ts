import { JsonCodec } from "@smithy/core/protocols";
import type { NormalizedSchema } from "@smithy/core/schema";
import { requireFit } from "./check-input.ts";
import { eventStreamBody, eventStreamType, type StreamedEvent } from "./event-stream.ts";
import { BadInput } from "./problem.ts";
import type { Protocol, WireRequest } from "./protocol.ts";

const codec = new JsonCodec({ timestampFormat: { useTrait: true, default: 7 }, jsonName: false });
const serializer = codec.createSerializer();
const deserializer = codec.createDeserializer();
type JsonObject = Extract<Parameters<typeof deserializer.readObject>[1], { [name: string]: unknown }>;

/** Splits `X-Amz-Target: AmazonEC2ContainerServiceV20141113.RunTask`; undefined if there is none. */
export function targetOf({ headers }: Pick<WireRequest, "headers">): { target: string; operation: string } | undefined {
  const header = headers["x-amz-target"];
  if (typeof header !== "string") return undefined;
  const dot = header.lastIndexOf(".");
  return { target: header.slice(0, Math.max(0, dot)), operation: header.slice(dot + 1) };
}

/** AWS JSON 1.0 and 1.1, which differ in their content type only. Source: Smithy specification, AWS JSON 1.1 protocol. */
export function awsJson(version: "1.0" | "1.1"): Protocol {
  const contentType = `application/x-amz-json-${version}`;
  const headersFor = (requestId: string) => ({ "content-type": contentType, "x-amzn-requestid": requestId });
  return {
    name: version === "1.0" ? "awsJson1_0" : "awsJson1_1",
    parseInput({ body }, { input, check }) {
      const value = parseJson(body);
      requireFit(check(value));
      if (!input.isStructSchema()) return {};
      return readJsonObject(input, value);
    },
    writeOutput(output, { output: schema }, requestId) {
      if (!schema.isStructSchema()) return { status: 200, headers: headersFor(requestId), body: "{}" };
      const stream = schema.getEventStreamMember();
      if (stream !== "") {
        const events = output[stream] as AsyncIterable<StreamedEvent>;
        const headers = { ...headersFor(requestId), "content-type": eventStreamType };
        return { status: 200, headers, body: eventStreamBody(events, schema.getMemberSchema(stream), writeJsonObject) };
      }
      return { status: 200, headers: headersFor(requestId), body: writeJsonObject(schema, output) };
    },
    writeError({ name, message, status, members, queryCode }, requestId) {
      const fault = status >= 500 ? "Receiver" : "Sender";
      const query = queryCode === undefined ? {} : { "x-amzn-query-error": `${queryCode};${fault}` };
      const headers = { ...headersFor(requestId), ...query };
      return { status, headers, body: JSON.stringify({ ...members, __type: name, message }) };
    },
  };
}

/** An object's members as `schema` has them; others are left out. */
export const readJsonObject = (schema: NormalizedSchema, value: JsonObject): Record<string, unknown> =>
  deserializer.readObject(schema, value) as unknown as Record<string, unknown>;

/** A structure as JSON text. */
export function writeJsonObject(schema: NormalizedSchema, value: Readonly<Record<string, unknown>>): string {
  serializer.write(schema, value);
  return serializer.flush() as string;
}

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * The deserializer lets unknown members of a structure through if one of them is a text `__type`. Nobody but an
 * attacker sends that, so it is left out, and looked for only if it can be there, plain or escaped.
 */
const mayNameType = /__type|\\u00/;
const withoutTypeNames = (name: string, value: unknown) =>
  name === "__type" && typeof value === "string" ? undefined : value;

/** A body that has to be a JSON object; an empty one is an empty object. @throws BadInput */
export function parseJson(body: Uint8Array): JsonObject {
  let value: unknown;
  try {
    const text = utf8.decode(body);
    value = text === "" ? {} : JSON.parse(text, mayNameType.test(text) ? withoutTypeNames : undefined);
  } catch (error) {
    throw new BadInput([{ kind: "unreadable", path: [], demand: "The request body is not valid JSON" }], {
      cause: error,
    });
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new BadInput([{ kind: "type", path: [], demand: "The request body has to be a JSON object" }]);
  }
  return value as JsonObject;
}
