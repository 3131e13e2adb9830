import type { NormalizedSchema } from "@smithy/core/schema";
import type { Form } from "./protocol.ts";

/** A form's members as the tree that the dots in their names make: `Filter.1.Name`. */
interface Node {
  value?: string;
  readonly members: Map<string, Node>;
}

/** How a protocol spells the names of a form. */
export interface FormSpelling {
  /** The part of the name that stands for a structure's member. */
  nameOf(member: string, schema: NormalizedSchema): string;
  /** Lists are numbered right behind their name, without `member` in between. */
  readonly flatLists: boolean;
}

/**
 * The members of a form as the input that `schema` describes. Numbers, booleans, dates and bytes are read from their texts;
 * a text that is none stays a text, for the input check to refuse. Unknown members are left out.
 */
export function readForm(form: Form, schema: NormalizedSchema, spelling: FormSpelling): Record<string, unknown> {
  const root: Node = { members: new Map() };
  for (const [name, value] of form) place(root, name.split("."), value);
  return readStructure(root, schema, spelling);
}

function place(root: Node, steps: readonly string[], value: string): void {
  let node = root;
  for (const step of steps) {
    const next = node.members.get(step) ?? { members: new Map() };
    node.members.set(step, next);
    node = next;
  }
  node.value = value;
}

function readStructure(node: Node, schema: NormalizedSchema, spelling: FormSpelling): Record<string, unknown> {
  const found: Record<string, unknown> = {};
  if (!schema.isStructSchema()) return found;
  for (const [name, member] of schema.structIterator()) {
    const child = node.members.get(spelling.nameOf(name, member));
    const value = child && readNode(child, member, spelling);
    if (value !== undefined) found[name] = value;
  }
  return found;
}

function readNode(node: Node, schema: NormalizedSchema, spelling: FormSpelling): unknown {
  if (schema.isStructSchema()) return readStructure(node, schema, spelling);
  if (schema.isListSchema()) return readList(node, schema, spelling);
  if (schema.isMapSchema()) return readMap(node, schema, spelling);
  return node.value === undefined ? undefined : readText(node.value, schema);
}

function readList(node: Node, schema: NormalizedSchema, spelling: FormSpelling): unknown[] {
  const item = schema.getValueSchema();
  const wrapped = node.members.get(String(item.getMergedTraits().xmlName ?? "member"));
  const isFlat = spelling.flatLists || Boolean(schema.getMergedTraits().xmlFlattened) || wrapped === undefined;
  return numbered(isFlat ? node : wrapped).map((each) => readNode(each, item, spelling));
}

function readMap(node: Node, schema: NormalizedSchema, spelling: FormSpelling): Record<string, unknown> {
  const [key, value] = [schema.getKeySchema(), schema.getValueSchema()];
  const keyName = String(key.getMergedTraits().xmlName ?? "key");
  const valueName = String(value.getMergedTraits().xmlName ?? "value");
  const entries = numbered(node.members.get("entry") ?? node).flatMap((entry) => {
    const name = entry.members.get(keyName)?.value;
    const child = entry.members.get(valueName);
    return name === undefined || child === undefined ? [] : [[name, readNode(child, value, spelling)] as const];
  });
  return Object.fromEntries(entries);
}

/** The members named by numbers, in the order of those. */
const numbered = ({ members }: Node): Node[] =>
  [...members.entries()]
    .filter(([name]) => /^\d+$/.test(name))
    .toSorted(([a], [b]) => Number(a) - Number(b))
    .map(([, node]) => node);

/** A text as the number, boolean, date or bytes that `schema` asks for; one that is none of those stays a text. */
export function readText(text: string, schema: NormalizedSchema): unknown {
  if (schema.isBooleanSchema()) return text === "true" || text === "false" ? text === "true" : text;
  if (schema.isNumericSchema()) return /^-?\d+(\.\d+)?([eE][-+]?\d+)?$/.test(text) ? Number(text) : text;
  if (schema.isTimestampSchema()) return readDate(text);
  if (schema.isBlobSchema()) return /^[A-Za-z0-9+/=]*$/.test(text) ? Buffer.from(text, "base64") : text;
  return text;
}

/** An ISO date, or seconds since 1970. */
function readDate(text: string): Date | string {
  const date = new Date(/^-?\d+(\.\d+)?$/.test(text) ? Number(text) * 1000 : text);
  return Number.isNaN(date.getTime()) ? text : date;
}
