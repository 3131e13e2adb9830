import type { NormalizedSchema } from "@smithy/core/schema";
import { parseJson, readJsonObject, writeJsonObject } from "./aws-json.ts";
import { requireFit } from "./check-input.ts";
import { readText } from "./form-input.ts";
import type { ParsedRequest, Protocol } from "./protocol.ts";

const headersFor = (requestId: string) => ({ "content-type": "application/json", "x-amzn-requestid": requestId });

/**
 * AWS REST JSON: the path, the query and headers carry members of their own, a JSON body the others. What no service here
 * has yet is not read: payloads that are no JSON object, prefixed headers, and a query taken as a map.
 * Source: Smithy specification, AWS restJson1 protocol and HTTP bindings.
 */
export function restJson(): Protocol {
  return {
    name: "restJson1",
    parseInput(request, { input, check }) {
      if (!input.isStructSchema()) return {};
      const bound = boundMembers(request, input);
      const inBody = Object.entries(parseJson(request.body)).filter(([name]) => !isBound(input, name));
      const body = Object.fromEntries(inBody) as ReturnType<typeof parseJson>;
      requireFit(check({ ...body, ...bound }));
      return { ...readJsonObject(input, body), ...bound };
    },
    writeOutput(output, { output: schema, http }, requestId) {
      const headers = headersFor(requestId);
      const status = http?.status ?? 200;
      if (!schema.isStructSchema()) return { status, headers, body: "" };
      const members = [...schema.structIterator()].map(([name, member]) => ({
        name,
        traits: member.getMergedTraits(),
      }));
      const stated = members.find(({ traits }) => traits.httpResponseCode !== undefined);
      const inHeaders = members.filter(({ traits }) => traits.httpHeader !== undefined);
      const aside = new Set([...inHeaders, ...(stated === undefined ? [] : [stated])].map(({ name }) => name));
      const inBody = Object.fromEntries(Object.entries(output).filter(([name]) => !aside.has(name)));
      return {
        status: Number((stated && output[stated.name]) ?? status),
        headers: { ...headers, ...Object.fromEntries(inHeaders.flatMap((member) => headerOf(member, output))) },
        body: writeJsonObject(schema, inBody),
      };
    },
    writeError({ name, message, status, members = {} }, requestId) {
      // Some services' errors have a `Message` of their own, which clients look for under that name alone.
      const body = "Message" in members ? members : { ...members, message };
      return { status, headers: { ...headersFor(requestId), "x-amzn-errortype": name }, body: JSON.stringify(body) };
    },
  };
}

function isBound(schema: NormalizedSchema, name: string): boolean {
  const members: Readonly<Record<string, NormalizedSchema>> = schema.getMemberSchemas();
  const member = Object.hasOwn(members, name) ? members[name] : undefined;
  const { httpLabel, httpQuery, httpHeader } = member?.getMergedTraits() ?? {};
  return httpLabel !== undefined || httpQuery !== undefined || httpHeader !== undefined;
}

/** The members that stand in the path, the query or a header; those that are not given are left out. */
function boundMembers(request: ParsedRequest, input: NormalizedSchema): Record<string, unknown> {
  const query = new URLSearchParams(request.query ?? "");
  const found: Record<string, unknown> = {};
  for (const [name, member] of input.structIterator()) {
    const { httpLabel, httpQuery, httpHeader } = member.getMergedTraits();
    const texts = httpQuery === undefined ? [] : query.getAll(String(httpQuery));
    const label = httpLabel === undefined ? undefined : request.labels?.[name];
    const header = httpHeader === undefined ? undefined : request.headers?.[String(httpHeader).toLowerCase()];
    const given = [...texts, ...[label, header].flat().filter((text) => text !== undefined)];
    if (given[0] === undefined) continue;
    found[name] = member.isListSchema()
      ? given.map((text) => readText(text, member.getValueSchema()))
      : readText(given[0], member);
  }
  return found;
}

function headerOf(
  { name, traits }: { readonly name: string; readonly traits: { readonly httpHeader?: string } },
  output: Readonly<Record<string, unknown>>,
): [string, string][] {
  const value = output[name];
  const isText = typeof value === "string" || typeof value === "number" || typeof value === "boolean";
  return isText ? [[String(traits.httpHeader).toLowerCase(), String(value)]] : [];
}
