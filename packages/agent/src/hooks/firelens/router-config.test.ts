import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { fluentConfigText, type RouterType } from "./fluent-config.ts";
import { type RouterFacts, routerConfig } from "./router-config.ts";

const folder = join(import.meta.dirname, "golden");
interface Case {
  readonly name: string;
  readonly type: RouterType;
  readonly networkMode: RouterFacts["networkMode"];
  readonly options: Readonly<Record<string, string>>;
  readonly memory: number;
  readonly containers: Readonly<Record<string, Readonly<Record<string, string>>>>;
}
const cases = JSON.parse(readFileSync(join(folder, "cases.json"), "utf8")) as readonly Case[];
const factsOf = ({ type, networkMode, options, memory, containers }: Case): RouterFacts => ({
  type,
  networkMode,
  options,
  containers: Object.entries(containers).map(([name, of]) => ({ name, options: of })),
  memoryMiB: memory,
  cluster: "demo",
  taskArn: "arn:aws:ecs:us-east-1:000000000000:task/demo/0123456789abcdef0123456789abcdef",
  taskDefinition: "web:3",
});

describe("golden: what the genuine agent 1.105.1 generates, see golden/README.md", () => {
  test.each(cases)("$name", (each) => {
    const text = fluentConfigText(each.type, routerConfig(factsOf(each)));
    expect(text).toBe(readFileSync(join(folder, `${each.name}.conf`), "utf8"));
  });

  test("every file has its case", () => {
    const files = readdirSync(folder).flatMap((file) => /^(.*)\.conf$/.exec(file)?.[1] ?? []);
    expect(files.toSorted()).toEqual(cases.map(({ name }) => name).toSorted());
  });
});

const facts = factsOf(cases[0] as Case);

test.each<[Partial<RouterFacts>, string]>([
  [{ options: { "config-file-type": "x" } }, "invalid value x is specified for option config-file-type"],
  [{ options: { "config-file-type": "file" } }, "config-file-value is not specified"],
  [
    { containers: [{ name: "app", options: { region: "r" } }] },
    "unable to apply log options of container app to firelens config: missing output key Name",
  ],
  [{ type: "fluentd", containers: [{ name: "app", options: { Name: "x" } }] }, "missing output key @type"],
])("refuses %j", (more, words) => {
  expect(() => routerConfig({ ...facts, ...more })).toThrow(words);
});

test("a container without options has no output, as the user's own file may have one", () => {
  const { outputs } = routerConfig({ ...facts, networkMode: "host", containers: [{ name: "app", options: {} }] });
  expect(outputs).toEqual([]);
});
