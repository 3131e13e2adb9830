import type { RuleTarget } from "../../model/event-rule.ts";
import { type AwsEvent, eventTime } from "../aws-event.ts";
import { parseJsonPath, valueAt } from "./json-path.ts";

/** What an input transformer may name beside the event. `ingestedAt` is epoch milliseconds. */
export interface Delivered {
  readonly event: AwsEvent;
  readonly ruleArn: string;
  readonly ruleName: string;
  readonly ingestedAt: number;
}

/**
 * The text that a target gets: the event, a part of it, a constant, or what a template makes of it.
 * Source: EventBridge user guide, "Input transformation".
 */
export function targetInput({ Input, InputPath, InputTransformer }: RuleTarget, delivered: Delivered): string {
  if (Input !== undefined) return Input;
  if (InputPath !== undefined) return JSON.stringify(valueAt(delivered.event, parseJsonPath(InputPath) ?? [])) ?? "";
  if (InputTransformer?.InputTemplate === undefined) return JSON.stringify(delivered.event);
  return fill(InputTransformer.InputTemplate, variables(InputTransformer.InputPathsMap ?? {}, delivered));
}

type Variables = Readonly<Record<string, unknown>>;

function variables(paths: Readonly<Record<string, string>>, { event, ...rule }: Delivered): Variables {
  const { detail, ...around } = event;
  const own = Object.entries(paths).map(([name, path]) => [name, valueAt(event, parseJsonPath(path) ?? [])] as const);
  return {
    ...Object.fromEntries(own),
    "aws.events.rule-arn": rule.ruleArn,
    "aws.events.rule-name": rule.ruleName,
    "aws.events.event.ingestion-time": eventTime(rule.ingestedAt),
    "aws.events.event": around,
    "aws.events.event.json": { ...around, detail },
  };
}

/**
 * Puts values in place of `<name>`. Inside a quoted text they are a part of it; elsewhere they are JSON values. What is not in the
 * event is nothing in a text, and null elsewhere.
 */
function fill(template: string, values: Variables): string {
  let isQuoted = false;
  return template.replaceAll(/\\[\s\S]|"|<([\w.-]+)>/g, (found, name: string | undefined) => {
    if (found === '"') isQuoted = !isQuoted;
    if (name === undefined) return found;
    const value = Object.hasOwn(values, name) ? values[name] : undefined;
    const json = JSON.stringify(value ?? null);
    if (!isQuoted) return json;
    if (value === undefined || value === null) return "";
    return JSON.stringify(typeof value === "string" ? value : json).slice(1, -1);
  });
}

/** The names of a template that are neither its own variables nor EventBridge's; empty for one that can be used. */
export function unknownNames({
  InputPathsMap = {},
  InputTemplate = "",
}: NonNullable<RuleTarget["InputTransformer"]>): readonly string[] {
  return [...InputTemplate.matchAll(/<([\w.-]+)>/g)]
    .map(([, name = ""]) => name)
    .filter((name) => !(Object.hasOwn(InputPathsMap, name) || predefined.has(name)));
}
const predefined = new Set([
  "aws.events.rule-arn",
  "aws.events.rule-name",
  "aws.events.event.ingestion-time",
  "aws.events.event",
  "aws.events.event.json",
]);
