/**
 * The words of a flame graph: where a CPU profile spent its time, by function (its own time), and with all that it called.
 * Run: npx node bench/fleet/hottest.ts FILE.cpuprofile [how many, default 25]
 */
import { readFileSync } from "node:fs";
import type { Profiler } from "node:inspector";
import { relative } from "node:path";
import { fileURLToPath } from "node:url";

const profile = JSON.parse(readFileSync(process.argv[2] ?? "", "utf8")) as Profiler.Profile;
const many = Number(process.argv[3] ?? 25);
const nodes = new Map(profile.nodes.map((node) => [node.id, node]));
const parents = new Map(
  profile.nodes.flatMap(({ id, children = [] }) => children.map((child) => [child, id] as const)),
);
const own = new Map<string, number>();
const whole = new Map<string, number>();
let sum = 0;
for (const [index, id] of (profile.samples ?? []).entries()) {
  const time = profile.timeDeltas?.[index] ?? 0;
  const name = nameOf(id);
  if (name === "(idle)" || name === "(program)") continue;
  sum += time;
  own.set(name, (own.get(name) ?? 0) + time);
  const seen = new Set<string>();
  for (let at: number | undefined = id; at !== undefined; at = parents.get(at)) seen.add(nameOf(at));
  for (const each of seen) whole.set(each, (whole.get(each) ?? 0) + time);
}
console.log(`at work for ${(sum / 1e6).toFixed(2)} s`);
for (const [title, times] of [
  ["own time", own],
  ["with what it calls", whole],
] as const) {
  console.log(`\n${title}`);
  for (const [name, time] of [...times].toSorted(([, a], [, b]) => b - a).slice(0, many)) {
    if (name !== "(root)") console.log(`${((100 * time) / sum).toFixed(1).padStart(5)} %  ${name}`);
  }
}

function nameOf(id: number): string {
  const { functionName = "", url = "", lineNumber = 0 } = nodes.get(id)?.callFrame ?? {};
  if (url === "") return functionName || "(anonymous)";
  const file = url.startsWith("file:") ? relative(process.cwd(), fileURLToPath(url)) : url;
  return `${functionName || "(anonymous)"}  ${file.replace("node_modules/", "")}:${lineNumber + 1}`;
}
