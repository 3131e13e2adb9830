/** What the SDK's schemas do not say of a value. Generated from service data; see limits/NOTICE. */
export interface Limit {
  /** Of numbers: which kind, `integer` if absent. */
  readonly type?: "long" | "float" | "double";
  /** Of numbers the least value; of strings, blobs, lists and maps the least length. */
  readonly min?: number;
  readonly max?: number;
  /** A regular expression that the whole text has to match. */
  readonly pattern?: string;
  /** A key of `Limits.enums`. */
  readonly enum?: string;
  /** Of a list's items. */
  readonly item?: Limit;
  /** Of a map's keys and values. */
  readonly key?: Limit;
  readonly value?: Limit;
}

/** The limits of one service. */
export interface Limits {
  readonly enums: Readonly<Record<string, readonly string[]>>;
  /** By structure, then by member. Members without limits are left out. */
  readonly structures: Readonly<Record<string, Readonly<Record<string, Limit>>>>;
  /** The errors that each operation declares. */
  readonly errors: Readonly<Record<string, readonly string[]>>;
}

export const noLimits: Limits = { enums: {}, structures: {}, errors: {} };
