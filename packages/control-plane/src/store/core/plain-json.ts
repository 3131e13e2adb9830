import { inspect } from "node:util";

/**
 * The value, frozen through and through, so that nobody can change what the store holds. It is the very object that was
 * given, unless members of it are undefined: they are left out of a copy, as they would be on disk. What is already
 * frozen is taken as it is, so that a changed copy of a stored value costs only what was changed.
 * @throws TypeError for anything that JSON would not give back: dates, class instances, functions, NaN.
 */
export function plainJson<V>(value: V, path = "value"): V {
  if (value === null || typeof value === "string" || typeof value === "boolean") return value;
  // JSON has no negative zero; adding zero makes it zero.
  if (typeof value === "number" && Number.isFinite(value)) return (value + 0) as V;
  if (typeof value !== "object") throw notPlain(value, path);
  if (Object.isFrozen(value)) return value;
  if (Array.isArray(value)) return plainArray(value, path) as V;
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) throw notPlain(value, path);
  return plainObject(value as Record<string, unknown>, path) as V;
}

const notPlain = (value: unknown, path: string) =>
  new TypeError(`${path} is not plain JSON: ${inspect(value, { depth: 0 })}`);

function plainArray(value: readonly unknown[], path: string): readonly unknown[] {
  let copied = false;
  const clean = value.map((item, index) => {
    const plain = plainJson(item, `${path}[${index}]`);
    copied ||= !Object.is(plain, item);
    return plain;
  });
  return Object.freeze(copied ? clean : value);
}

function plainObject(value: Record<string, unknown>, path: string): Record<string, unknown> {
  let copied = false;
  const clean: [string, unknown][] = [];
  for (const name of Object.keys(value)) {
    const member = value[name];
    const plain = member === undefined ? undefined : plainJson(member, `${path}.${name}`);
    copied ||= plain === undefined || !Object.is(plain, member);
    if (plain !== undefined) clean.push([name, plain]);
  }
  return Object.freeze(copied ? Object.fromEntries(clean) : value);
}
