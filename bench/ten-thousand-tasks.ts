import { faultRun } from "../test/harness/fault-run.ts";

// Ten thousand short tasks in one process under random faults, audited. Exits with 1 when the auditor finds anything.
// Usage: npx node bench/ten-thousand-tasks.ts [SEED] [TASKS]
const seed = Number(process.argv[2] ?? Math.floor(Math.random() * 2 ** 31));
const tasks = Number(process.argv[3] ?? 10_000);
console.log(`seed ${seed}`);
const began = performance.now();
const run = await faultRun({ seed, tasks, machines: 20 });
const seconds = (performance.now() - began) / 1000;
console.log(
  `${run.tasks} tasks, ${run.containers} containers in ${seconds.toFixed(1)} s; ${JSON.stringify(run.faults)}`,
);
for (const finding of run.findings.slice(0, 20)) console.log(finding);
console.log(
  run.findings.length === 0 ? "no orphan, no duplicate, nothing went backwards" : `${run.findings.length} findings`,
);
process.exitCode = run.findings.length === 0 ? 0 : 1;
