import { expect, test } from "vitest";
import { leadingOptions } from "./leading-options.ts";

test.each<[readonly string[], ReturnType<typeof leadingOptions>]>([
  [[], { words: [] }],
  [["ls", "--container", "x"], { words: ["ls", "--container", "x"] }],
  [["--container", "web", "--cluster=demo", "ls", "-l"], { container: "web", cluster: "demo", words: ["ls", "-l"] }],
  [["--container", "web", "--", "--cluster", "a"], { container: "web", words: ["--cluster", "a"] }],
  [["--container"], { words: ["--container"] }],
])("%j", (given, parsed) => expect(leadingOptions(given)).toEqual(parsed));
