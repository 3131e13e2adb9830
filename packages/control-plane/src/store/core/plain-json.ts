import { inspect } from "node:util";

/**
 * The value, frozen through and through, so that nobody can change what the store holds. It is the very object that was
 * given, unless members of it are undefined: they are left out of a copy, as they would be on disk. What is already
 * frozen is taken as it is, so that a changed copy of a stored value costs only what was changed.
 * @throws TypeError for anything that JSON would not give back: dates, class instances, functions, NaN.
 */
export function plainJson<V>(value: V, path = "value"): V {
  try {
    return plain(value) as V;
  } catch (error) {
    if (!(error instanceof NotPlain)) throw error;
    throw new TypeError(`${path}${error.path} is not plain JSON: ${inspect(error.value, { depth: 0 })}`);
  }
}

/** Where in a value what is not there; its path is put together while it is thrown, and costs nothing before. */
class NotPlain {
  readonly value: unknown;
  readonly path: string;

  constructor(value: unknown, path = "") {
    this.value = value;
    this.path = path;
  }
}

function plain(value: unknown): unknown {
  if (value === null || typeof value === "string" || typeof value === "boolean") return value;
  // JSON has no negative zero; adding zero makes it zero.
  if (typeof value === "number" && Number.isFinite(value)) return value + 0;
  if (typeof value !== "object") throw new NotPlain(value);
  if (Object.isFrozen(value)) return value;
  if (Array.isArray(value)) return plainArray(value);
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) throw new NotPlain(value);
  return plainObject(value as Record<string, unknown>);
}

function plainArray(value: readonly unknown[]): readonly unknown[] {
  let copy: unknown[] | undefined;
  for (let index = 0; index < value.length; index++) {
    const item = value[index];
    const clean = inside(item, index);
    if (Object.is(clean, item)) continue;
    copy ??= value.slice();
    copy[index] = clean;
  }
  return Object.freeze(copy ?? value);
}

function plainObject(value: Record<string, unknown>): Record<string, unknown> {
  const names = Object.keys(value);
  const isClean = names.every((name) => {
    const member = value[name];
    return member !== undefined && Object.is(inside(member, name), member);
  });
  return Object.freeze(isClean ? value : cleanCopy(value, names));
}

/** What is clean already costs next to nothing the second time: it is frozen. */
function cleanCopy(value: Record<string, unknown>, names: readonly string[]): Record<string, unknown> {
  const copy: Record<string, unknown> = {};
  for (const name of names) {
    const member = value[name];
    if (member === undefined) continue;
    const clean = inside(member, name);
    if (name === "__proto__") Object.defineProperty(copy, name, { value: clean, enumerable: true });
    else copy[name] = clean;
  }
  return copy;
}

/** A member's plain form. */
function inside(member: unknown, name: string | number): unknown {
  try {
    return plain(member);
  } catch (error) {
    if (!(error instanceof NotPlain)) throw error;
    throw new NotPlain(error.value, `${typeof name === "number" ? `[${name}]` : `.${name}`}${error.path}`);
  }
}
