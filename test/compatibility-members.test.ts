import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import * as sdk from "@aws-sdk/client-ecs";
import { beforeAll, expect, test } from "vitest";
import { operations } from "../packages/control-plane/src/api/ecs/operations.ts";
import { limitsOf } from "../packages/control-plane/src/api/limits/read-limits.ts";
import { operationSchemas } from "../packages/control-plane/src/api/wire/operation-schema.ts";

// What docs/compatibility.md says of members of ECS's requests, held against the SDK's schemas and against the words of the code.
const root = join(import.meta.dirname, "..");
const page = readFileSync(join(root, "docs/compatibility.md"), "utf8");
const section = page.split(/^#{2,3} /m).find((each) => each.startsWith("Members of requests\n")) ?? "";
const rows = [...section.matchAll(/^\| `([\w.]+)` \| (\w+) \| (.+) \|$/gm)].map(([, member = "", state = ""]) => ({
  member,
  state,
}));

type Schema = NonNullable<ReturnType<ReturnType<typeof operationSchemas>>>["input"];
/** Every member of the built operations' inputs, as `CreateService.loadBalancers`; each of a shape's is met once. */
let members: readonly { readonly path: string; readonly name: string }[];
/** The words of what is shipped. */
let words: ReadonlySet<string>;

function membersOf(schema: Schema, path: string, met: Set<string>): readonly { path: string; name: string }[] {
  if (schema.isListSchema() || schema.isMapSchema()) return membersOf(schema.getValueSchema(), path, met);
  if (!schema.isStructSchema() || met.has(schema.getName(true) ?? path)) return [];
  met.add(schema.getName(true) ?? path);
  return [...schema.structIterator()].flatMap(([name, member]) => [
    { path: `${path}.${name}`, name },
    ...membersOf(member, `${path}.${name}`, met),
  ]);
}

beforeAll(async () => {
  const schemas = operationSchemas(sdk, await limitsOf("ecs"));
  const met = new Set<string>();
  members = Object.entries(operations)
    .filter(([, operation]) => typeof operation === "function")
    .flatMap(([name]) => {
      const schema = schemas(name);
      return schema === undefined ? [] : membersOf(schema.input, name, met);
    });
  const files = globSync("packages/{contract,control-plane,agent}/src/**/*.ts", { cwd: root }).filter(
    (file) => !file.includes(".test.") && !file.includes("/absent/"),
  );
  words = new Set(files.flatMap((file) => readFileSync(join(root, file), "utf8").match(/\w+/g) ?? []));
});

test("the page names members that there are, in order, and says partial or refused of them", () => {
  const known = new Set(members.map(({ path }) => path));
  expect(rows.filter(({ member }) => !known.has(member))).toEqual([]);
  expect(rows.map(({ member }) => member)).toEqual(rows.map(({ member }) => member).toSorted());
  expect(rows.every(({ state }) => state === "partial" || state === "refused")).toBe(true);
  expect(rows.length).toBeGreaterThan(10);
});

test("a member that the code has no word for is on the page", () => {
  const listed = ({ path }: { readonly path: string }) =>
    rows.some(({ member }) => path === member || path.startsWith(`${member}.`));
  const isGateways = ({ path }: { readonly path: string }) => /^\w*Gateway\w*\./.test(path);
  const unknown = members.filter((each) => !words.has(each.name) && !listed(each) && !isGateways(each));
  expect(unknown.map(({ path }) => path)).toEqual([]);
});
