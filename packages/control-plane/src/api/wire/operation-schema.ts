import { NormalizedSchema } from "@smithy/core/schema";
import { compileCheck, type InputCheck } from "./check-input.ts";
import { type HttpTrait, httpTraitOf } from "./http-routes.ts";
import { type Limits, noLimits } from "./limits.ts";

/** What is known of one operation from the SDK's run-time schemas and the limits beside them. */
export interface OperationSchema {
  readonly name: string;
  readonly input: NormalizedSchema;
  readonly output: NormalizedSchema;
  /** Of REST protocols only. */
  readonly http?: HttpTrait;
  /** Built on first use, then kept. */
  readonly check: InputCheck;
}

/** The operations of one SDK client, by name. */
export type OperationSchemas = (name: string) => OperationSchema | undefined;

/** An SDK module's static operation schema: kind 9, namespace, name, traits, input, output. */
type StaticOperation = readonly [9, string, string, unknown, SchemaRef, SchemaRef];
type SchemaRef = Parameters<typeof NormalizedSchema.of>[0];

const isStaticOperation = (value: unknown): value is StaticOperation =>
  Array.isArray(value) && value[0] === 9 && typeof value[2] === "string";

/**
 * Reads operations off an SDK client module (its exports named `RunTask$`). Each is prepared once, when it is first asked for.
 */
export function operationSchemas(sdk: Readonly<Record<string, unknown>>, limits: Limits = noLimits): OperationSchemas {
  const prepared = new Map<string, OperationSchema>();
  return (name) => {
    const known = prepared.get(name);
    if (known !== undefined) return known;
    const schema = Object.hasOwn(sdk, `${name}$`) ? sdk[`${name}$`] : undefined;
    if (!isStaticOperation(schema)) return undefined;
    const input = NormalizedSchema.of(schema[4]);
    const output = NormalizedSchema.of(schema[5]);
    const http = httpTraitOf(schema[3]);
    const made = { name, input, output, ...(http && { http }), check: compileCheck(input, limits) };
    prepared.set(name, made);
    return made;
  };
}
