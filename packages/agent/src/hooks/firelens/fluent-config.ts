/** A plug-in of the router with its options: where records come from, or where they go. */
export interface Pipe {
  readonly name: string;
  readonly tag?: string;
  readonly options?: Readonly<Record<string, string>>;
}

/** Lets through, or keeps back, the records of a tag whose field `log` matches. */
export interface PatternFilter {
  readonly tag: string;
  readonly pattern: string;
}

/** A router's configuration, without the syntax of Fluent Bit or Fluentd. */
export interface FluentConfig {
  readonly inputs: readonly Pipe[];
  readonly include: readonly PatternFilter[];
  readonly exclude: readonly PatternFilter[];
  /** Fields that every record gets. */
  readonly fields: Readonly<Record<string, string>>;
  /** Path of another file, inside the container, that is read between filters and outputs. */
  readonly external?: string;
  readonly outputs: readonly Pipe[];
}

/** The two programs that can be a router, as `firelensConfiguration.type` names them. */
export type RouterType = "fluentbit" | "fluentd";

type Lines = readonly string[];

/** The text of the file, to the byte as the genuine agent writes it: options in the order of their names. */
export function fluentConfigText(type: RouterType, config: FluentConfig): string {
  const { input, output, filter, fields, external } = syntaxes[type];
  const sections: readonly Lines[] = [
    ...config.inputs.map(input),
    ...config.include.map((each) => filter(each, "include")),
    ...config.exclude.map((each) => filter(each, "exclude")),
    ...(Object.keys(config.fields).length === 0 ? [] : [fields(config.fields)]),
    ...(config.external === undefined ? [] : [[`${external} ${config.external}`]]),
    ...config.outputs.map(output),
  ];
  return sections.map((lines) => `\n${lines.join("\n")}\n`).join("");
}

interface Syntax {
  readonly input: (pipe: Pipe) => Lines;
  readonly output: (pipe: Pipe) => Lines;
  readonly filter: (filter: PatternFilter, which: "include" | "exclude") => Lines;
  readonly fields: (fields: Readonly<Record<string, string>>) => Lines;
  readonly external: string;
}

const inOrder = (options: Readonly<Record<string, string>> = {}): readonly (readonly [string, string])[] =>
  Object.entries(options).toSorted(([a], [b]) => (a < b ? -1 : 1));
const optionLines = (pipe: Pipe) => inOrder(pipe.options).map(([name, value]) => `    ${name} ${value}`);

const fluentBit: Syntax = {
  input: (pipe) => [
    "[INPUT]",
    `    Name ${pipe.name}`,
    ...(pipe.tag === undefined ? [] : [`    Tag ${pipe.tag}`]),
    ...optionLines(pipe),
  ],
  output: (pipe) => ["[OUTPUT]", `    Name ${pipe.name}`, `    Match ${pipe.tag ?? ""}`, ...optionLines(pipe)],
  filter: ({ tag, pattern }, which) => [
    "[FILTER]",
    "    Name   grep",
    `    Match ${tag}`,
    // Both words are followed by what makes a column of them.
    which === "include" ? `    Regex  log ${pattern}` : `    Exclude log ${pattern}`,
  ],
  fields: (fields) => [
    "[FILTER]",
    "    Name record_modifier",
    "    Match *",
    ...inOrder(fields).map(([name, value]) => `    Record ${name} ${value}`),
  ],
  external: "@INCLUDE",
};

const fluentd: Syntax = {
  input: (pipe) => [
    "<source>",
    `    @type ${pipe.name}`,
    ...(pipe.tag === undefined ? [] : [`    tag ${pipe.tag}`]),
    ...optionLines(pipe),
    "</source>",
  ],
  output: (pipe) => [`<match ${pipe.tag ?? ""}>`, `    @type ${pipe.name}`, ...optionLines(pipe), "</match>"],
  filter: ({ tag, pattern }, which) => {
    const element = which === "include" ? "regexp" : "exclude";
    return [
      `<filter ${tag}>`,
      "    @type  grep",
      `    <${element}>`,
      "        key log",
      `        pattern ${pattern}`,
      `    </${element}>`,
      "</filter>",
    ];
  },
  fields: (fields) => [
    "<filter **>",
    "    @type record_transformer",
    "    <record>",
    ...inOrder(fields).map(([name, value]) => `        ${name} ${value}`),
    "    </record>",
    "</filter>",
  ],
  external: "@include",
};

const syntaxes: Readonly<Record<RouterType, Syntax>> = { fluentbit: fluentBit, fluentd };
