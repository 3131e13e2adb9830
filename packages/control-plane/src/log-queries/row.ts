import type { StoredLogEvent } from "../log-store/log-store.ts";
import { Moment, type Value } from "./values/value.ts";

/** An event, and the group it is of. */
export interface SourcedEvent {
  readonly group: string;
  readonly event: StoredLogEvent;
}

/** What a query works on: an event with what was worked out from it, or a line of statistics. */
export interface Row {
  get(name: string): Value;
  /** The same with further fields. */
  with(fields: ReadonlyMap<string, Value>): Row;
  /** The event behind it, if there is one. */
  readonly source?: SourcedEvent;
}

/** Fields that are found in one event at the most. Source: CloudWatch Logs user guide, "Supported logs and discovered fields". */
const mostFields = 200;

/** A row that is an event. Its JSON is read when a field of it is asked for, and once. */
export class EventRow implements Row {
  readonly source: SourcedEvent;
  private readonly accountId: string;
  private document: object | null | undefined;

  constructor(source: SourcedEvent, accountId: string) {
    this.source = source;
    this.accountId = accountId;
  }

  get(name: string): Value {
    const { event, group } = this.source;
    switch (name) {
      case "@message":
        return event.message;
      case "@timestamp":
        return new Moment(event.timestamp);
      case "@ingestionTime":
        return new Moment(event.ingestedAt);
      case "@logStream":
        return event.stream;
      case "@log":
        return `${this.accountId}:${group}`;
      case "@ptr":
        return pointerOf(this.source);
      default:
        return discovered(this.json(), name);
    }
  }

  with(fields: ReadonlyMap<string, Value>): Row {
    return new LayeredRow(this, fields);
  }

  /** The names of what is found in the message. */
  names(): readonly string[] {
    const found: string[] = [];
    const walk = (value: unknown, path: string): void => {
      if (found.length >= mostFields) return;
      if (typeof value !== "object" || value === null) found.push(path);
      else for (const [key, inner] of Object.entries(value)) walk(inner, path === "" ? key : `${path}.${key}`);
    };
    const document = this.json();
    if (document !== null) walk(document, "");
    return found;
  }

  private json(): object | null {
    if (this.document === undefined) this.document = documentIn(this.source.event.message);
    return this.document;
  }
}

function documentIn(message: string): object | null {
  if (!/^\s*\{/.test(message)) return null;
  try {
    return JSON.parse(message) as object;
  } catch {
    return null;
  }
}

/** The value at a dotted path, where names may have dots themselves. */
export function discovered(value: unknown, path: string): Value {
  if (typeof value !== "object" || value === null) return undefined;
  if (Object.hasOwn(value, path)) return ((value as Record<string, Value | null>)[path] ?? undefined) as Value;
  for (let dot = path.indexOf("."); dot !== -1; dot = path.indexOf(".", dot + 1)) {
    const head = path.slice(0, dot);
    if (!Object.hasOwn(value, head)) continue;
    const found = discovered((value as Record<string, unknown>)[head], path.slice(dot + 1));
    if (found !== undefined) return found;
  }
  return undefined;
}

/** A row with fields over those of another. */
class LayeredRow implements Row {
  readonly source?: SourcedEvent;
  private readonly below: Row;
  private readonly fields: ReadonlyMap<string, Value>;

  constructor(below: Row, fields: ReadonlyMap<string, Value>) {
    this.below = below;
    this.fields = fields;
    if (below.source !== undefined) this.source = below.source;
  }

  get(name: string): Value {
    if (this.fields.has(name)) return this.fields.get(name);
    const found = this.below.get(name);
    if (found !== undefined) return found;
    // Parts of what was parsed as JSON.
    const dot = name.indexOf(".");
    return dot === -1 ? undefined : discovered(this.fields.get(name.slice(0, dot)), name.slice(dot + 1));
  }

  with(fields: ReadonlyMap<string, Value>): Row {
    return new LayeredRow(this, fields);
  }
}

const nothing: Row = {
  get: () => undefined,
  with: (fields) => new LayeredRow(nothing, fields),
};

/** A row that has just these fields, as statistics are. */
export const plainRow = (fields: ReadonlyMap<string, Value>): Row => nothing.with(fields);

/** Where an event is found again. */
export const pointerOf = ({ group, event }: SourcedEvent): string =>
  Buffer.from(JSON.stringify([group, event.timestamp, event.sequence])).toString("base64");

/** Undefined for what is no pointer. */
export function readPointer(
  pointer: string,
): { readonly group: string; readonly timestamp: number; readonly sequence: number } | undefined {
  try {
    const [group, timestamp, sequence] = JSON.parse(Buffer.from(pointer, "base64").toString()) as readonly unknown[];
    if (typeof group !== "string" || typeof timestamp !== "number" || typeof sequence !== "number") return undefined;
    return { group, timestamp, sequence };
  } catch {
    return undefined;
  }
}
