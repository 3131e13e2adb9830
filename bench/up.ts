/**
 * How long `./hatoba up` takes: the first on a machine that has its packages and an engine, until the sample serves, and the
 * second, when everything runs. Limit: 3 s for the second.
 * Run: npx node bench/up.ts
 */
import { startHouse } from "../test/docker/house.ts";
import { report } from "./statistics.ts";

const started = performance.now();
const house = await startHouse({ sample: true });
const first = performance.now() - started;
try {
  const again = performance.now();
  await house.hatoba("up");
  const second = performance.now() - again;
  report("./hatoba up", [
    { what: "first, until the sample serves", seconds: first / 1000 },
    { what: "second (limit 3 s)", seconds: second / 1000 },
  ]);
  if (second > 3000) process.exitCode = 1;
} finally {
  await house.down();
}
