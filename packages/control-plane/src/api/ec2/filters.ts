import type { Filter, Tag } from "@aws-sdk/client-ec2";
import { ApiError } from "../api-error.ts";

/** By filter name, the texts of an item that a filter is compared with. */
export type Filterable<T> = Readonly<Record<string, (item: T) => string | undefined | readonly (string | undefined)[]>>;

/**
 * Whether an item passes all filters; a filter is passed by any of its values. Values may have `*` for any text, `?`
 * for any sign, and a backslash before one that is meant as it stands. Items with tags can be filtered by `tag:KEY`
 * and `tag-key`. Source: EC2 API reference, Filter.
 * @throws ApiError InvalidParameterValue for a filter that there is not
 */
export function compileFilters<T extends object>(
  filters: readonly Filter[] | undefined,
  by: Filterable<T>,
): (item: T) => boolean {
  const tests = (filters ?? []).map(({ Name: name = "", Values: values = [] }) => {
    const texts = textsFor(name, by);
    const patterns = values.map(patternOf);
    return (item: T) => texts(item).some((text) => patterns.some((pattern) => pattern.test(text)));
  });
  return (item) => tests.every((test) => test(item));
}

function textsFor<T extends object>(name: string, by: Filterable<T>): (item: T) => readonly string[] {
  if (name === "tag-key") return (item) => tagsOf(item).map(({ Key }) => Key ?? "");
  if (name.startsWith("tag:")) {
    const key = name.slice("tag:".length);
    return (item) => tagsOf(item).flatMap(({ Key, Value }) => (Key === key ? [Value ?? ""] : []));
  }
  const found = Object.hasOwn(by, name) ? by[name] : undefined;
  if (found === undefined) throw new ApiError("InvalidParameterValue", `The filter '${name}' is invalid`);
  return (item) => [found(item)].flat().filter((text) => text !== undefined);
}

const tagsOf = (item: object): readonly Tag[] =>
  "Tags" in item && Array.isArray(item.Tags) ? (item.Tags as Tag[]) : [];

const escape = (text: string) => text.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");

function patternOf(value: string): RegExp {
  const source = value.replace(/\\(.)|[\s\S]/g, (sign, escaped: string | undefined) => {
    if (escaped !== undefined) return escape(escaped);
    return sign === "*" ? "[\\s\\S]*" : sign === "?" ? "[\\s\\S]" : escape(sign);
  });
  return new RegExp(`^${source}$`);
}
