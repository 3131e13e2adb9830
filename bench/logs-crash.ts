/**
 * The log store under SIGKILL: a process that appends, seals, merges and expires is killed at any moment, and the next one has to find
 * every acknowledged event, once and in order.
 * Run: npx node bench/logs-crash.ts [kills, default 100]
 */
import { crashLogStore } from "../test/processes/log-crash.ts";
import { report } from "./statistics.ts";

const began = performance.now();
const { runs, acknowledgedEvents, findings } = await crashLogStore(Number(process.argv[2] ?? 100));
report("log store killed", [
  {
    kills: runs,
    "acknowledged events": acknowledgedEvents,
    findings: findings.length,
    seconds: (performance.now() - began) / 1000,
  },
]);
for (const finding of findings) console.log(finding);
process.exitCode = findings.length > 0 ? 1 : 0;
